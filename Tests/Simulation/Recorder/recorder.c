#define _GNU_SOURCE
#include "recorder.h"
#include <dlfcn.h>
#include <stdlib.h>

static const struct sodium_listener *listener;

void sodium_tell(const struct sodium_listener *other) { listener = other; }

/* libsodium's function of that name. */
static void *original(void **place, const char *name) {
    if (*place == NULL && (*place = dlsym(RTLD_NEXT, name)) == NULL) abort();
    return *place;
}
#define ORIGINAL(type, name) static void *place; type libsodium = (type)original(&place, name)

typedef int (*base_function)(uint8_t *, const uint8_t *);
int crypto_scalarmult_base(uint8_t *public_key, const uint8_t *secret_key) {
    ORIGINAL(base_function, "crypto_scalarmult_base");
    int status = libsodium(public_key, secret_key);
    if (listener && status == 0) listener->made_public_key(public_key, secret_key);
    return status;
}

typedef int (*agreement_function)(uint8_t *, const uint8_t *, const uint8_t *);
int crypto_box_beforenm(uint8_t *shared, const uint8_t *public_key, const uint8_t *secret_key) {
    ORIGINAL(agreement_function, "crypto_box_beforenm");
    int status = libsodium(shared, public_key, secret_key);
    if (listener && status == 0) listener->agreed(shared, public_key, secret_key);
    return status;
}

typedef int (*core_function)(uint8_t *, const uint8_t *, const uint8_t *, const uint8_t *);
int crypto_core_hsalsa20(uint8_t *subkey, const uint8_t *prefix, const uint8_t *key, const uint8_t *constant) {
    ORIGINAL(core_function, "crypto_core_hsalsa20");
    int status = libsodium(subkey, prefix, key, constant);
    if (listener) listener->derived(subkey, key, prefix);
    return status;
}

typedef int (*stream_function)(uint8_t *, const uint8_t *, unsigned long long, const uint8_t *, uint64_t,
                               const uint8_t *);
int crypto_stream_salsa20_xor_ic(uint8_t *output, const uint8_t *input, unsigned long long count, const uint8_t *nonce,
                                 uint64_t block, const uint8_t *key) {
    ORIGINAL(stream_function, "crypto_stream_salsa20_xor_ic");
    if (listener && block == 0) listener->seals(input, count, nonce, key);
    return libsodium(output, input, count, nonce, block, key);
}

typedef int (*authentication_function)(uint8_t *, const uint8_t *, unsigned long long, const uint8_t *);
int crypto_onetimeauth_poly1305(uint8_t *tag, const uint8_t *text, unsigned long long count, const uint8_t *key) {
    ORIGINAL(authentication_function, "crypto_onetimeauth_poly1305");
    int status = libsodium(tag, text, count, key);
    if (listener) listener->sealed(text, count);
    return status;
}

typedef int (*verification_function)(const uint8_t *, const uint8_t *, unsigned long long, const uint8_t *);
int crypto_onetimeauth_poly1305_verify(const uint8_t *tag, const uint8_t *text, unsigned long long count,
                                       const uint8_t *key) {
    ORIGINAL(verification_function, "crypto_onetimeauth_poly1305_verify");
    int status = libsodium(tag, text, count, key);
    if (listener) listener->looked_at_tag(status == 0);
    return status;
}

/* libsodium's own way of having other random bytes (randombytes_implementation in randombytes.h). Declared here, so that
 * its header, whose declarations have attributes, does not stand beside the definitions above. */
struct randombytes_implementation {
    const char *(*name)(void);
    uint32_t (*word)(void);
    void (*stir)(void);
    uint32_t (*below)(uint32_t);
    void (*fill)(void *const, const size_t);
    int (*close)(void);
};
int randombytes_set_implementation(const struct randombytes_implementation *);

static void (*source)(void *, size_t);
static const char *name(void) { return "drawn"; }
static void fill(void *const bytes, const size_t count) { source(bytes, count); }
static uint32_t word(void) {
    uint32_t value;
    fill(&value, sizeof value);
    return value;
}
static const struct randombytes_implementation drawn = {name, word, NULL, NULL, fill, NULL};

void sodium_draw_from(void (*other)(void *, size_t)) {
    source = other;
    randombytes_set_implementation(&drawn);
}
