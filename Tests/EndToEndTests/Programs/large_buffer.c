/* Preloaded into a program that leaves its sockets' receive buffers as the kernel makes them: they get 64 MiB. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/socket.h>

typedef int (*binding)(int, const struct sockaddr *, socklen_t);

int bind(int descriptor, const struct sockaddr *address, socklen_t length) {
  int bytes = 64 << 20;
  setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes);
  return ((binding) dlsym(RTLD_NEXT, "bind"))(descriptor, address, length);
}
