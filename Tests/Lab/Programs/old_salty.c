/* Preloaded into the original quicktun so that its salty starts beside a current libsodium.
 *
 * At its start it asks for the key that it shares with a peer whose public key is zero. libsodium refuses, and the
 * original aborts. Nothing is ever sealed with that key, so any answer does: here it is random. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>
#include <sys/random.h>

typedef int (*beforenm)(unsigned char *, const unsigned char *, const unsigned char *);

int crypto_box_curve25519xsalsa20poly1305_beforenm(unsigned char *shared, const unsigned char *peer,
                                                   const unsigned char *own) {
    static const unsigned char nobody[32];
    if (memcmp(peer, nobody, sizeof nobody) == 0) return getrandom(shared, 32, 0) == 32 ? 0 : -1;
    beforenm libsodium = (beforenm)dlsym(RTLD_NEXT, "crypto_box_curve25519xsalsa20poly1305_beforenm");
    return libsodium(shared, peer, own);
}
