#include <sodium.h>

/* Xors `count` bytes of `target` with those of `stream`. In C because its compiler makes vectors of it. */
static inline void csodium_xor(unsigned char *restrict target, const unsigned char *restrict stream, size_t count) {
    for (size_t i = 0; i < count; i++) target[i] ^= stream[i];
}
