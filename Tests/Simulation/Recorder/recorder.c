#define _GNU_SOURCE
#include "recorder.h"
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

static const struct sodium_listener *listener;

void sodium_tell(const struct sodium_listener *other) { listener = other; }

/* libsodium's function of that name. */
static void *original(void **place, const char *name) {
    if (*place == NULL && (*place = dlsym(RTLD_NEXT, name)) == NULL) abort();
    return *place;
}
#define ORIGINAL(type, name) static void *place; type libsodium = (type)original(&place, name)

static int is_quick;

void sodium_agree_quickly(int whether) { is_quick = whether; }

/* BLAKE2b, as libsodium has it. Declared here as is below. */
int crypto_generichash(uint8_t *, size_t, const uint8_t *, unsigned long long, const uint8_t *, size_t);

static int quick_base(uint8_t *public_key, const uint8_t *secret_key) {
    return crypto_generichash(public_key, 32, secret_key, 32, NULL, 0);
}

/* The same for both sides: a hash of both public keys, the lesser first. */
static int quick_agreement(uint8_t *shared, const uint8_t *public_key, const uint8_t *secret_key) {
    static const uint8_t nobody[32];
    uint8_t keys[64], own[32];
    if (memcmp(public_key, nobody, 32) == 0) return -1;
    quick_base(own, secret_key);
    int is_less = memcmp(own, public_key, 32) < 0;
    memcpy(keys, is_less ? own : public_key, 32);
    memcpy(keys + 32, is_less ? public_key : own, 32);
    return crypto_generichash(shared, 32, keys, 64, NULL, 0);
}

typedef int (*base_function)(uint8_t *, const uint8_t *);
int crypto_scalarmult_base(uint8_t *public_key, const uint8_t *secret_key) {
    ORIGINAL(base_function, "crypto_scalarmult_base");
    int status = is_quick ? quick_base(public_key, secret_key) : libsodium(public_key, secret_key);
    if (listener && status == 0) listener->made_public_key(public_key, secret_key);
    return status;
}

typedef int (*agreement_function)(uint8_t *, const uint8_t *, const uint8_t *);
int crypto_box_beforenm(uint8_t *shared, const uint8_t *public_key, const uint8_t *secret_key) {
    ORIGINAL(agreement_function, "crypto_box_beforenm");
    int status = is_quick ? quick_agreement(shared, public_key, secret_key) : libsodium(shared, public_key, secret_key);
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
 * its headers, whose declarations have attributes, do not stand beside the definitions above. */
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
