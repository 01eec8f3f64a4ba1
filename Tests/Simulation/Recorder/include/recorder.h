/* Stands between the project's code and libsodium: the functions of libsodium that it calls are defined here too, and a
 * program's own definitions come before those of its libraries. Each does what libsodium's does, and tells. */
#ifndef CSODIUM_RECORDER_H
#define CSODIUM_RECORDER_H

#include <stddef.h>
#include <stdint.h>

/* Called by the thread that called libsodium; none may be NULL. */
struct sodium_listener {
    /* crypto_scalarmult_base: the public key of a secret one. */
    void (*made_public_key)(const uint8_t public_key[32], const uint8_t secret_key[32]);
    /* crypto_box_beforenm: what both share. */
    void (*agreed)(const uint8_t shared[32], const uint8_t public_key[32], const uint8_t secret_key[32]);
    /* crypto_core_hsalsa20: the subkey for nonces that begin with these 16 bytes. */
    void (*derived)(const uint8_t subkey[32], const uint8_t shared[32], const uint8_t prefix[16]);
    /* crypto_stream_salsa20_xor_ic from block 0 on: something is about to be sealed. Its text begins at byte 32. */
    void (*seals)(const uint8_t *text, size_t count, const uint8_t tail[8], const uint8_t subkey[32]);
    /* crypto_onetimeauth_poly1305: it has been, to this ciphertext. */
    void (*sealed)(const uint8_t *ciphertext, size_t count);
    /* crypto_onetimeauth_poly1305_verify. */
    void (*looked_at_tag)(int is_right);
};

/* Who listens; NULL for nobody. */
void sodium_tell(const struct sodium_listener *listener);

/* Lets all of libsodium's random bytes come from `fill`, from before its first use of any. */
void sodium_draw_from(void (*fill)(void *bytes, size_t count));

/* Whether a hash stands in for X25519, which takes most of a world's time and which nobody here attacks. */
void sodium_agree_quickly(int whether);

#endif
