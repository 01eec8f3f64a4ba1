/* A kernel that lacks something, for the program under test: preloaded, it refuses what REFUSE names (blanks between).

   header   the virtio header of tun devices           tso, uso  super-packets from a tun device
   write    super-packets to a tun device              gro       UDP_GRO
   segment  UDP_SEGMENT, as an invalid argument        eio       UDP_SEGMENT, as a device without checksums does
   buffers  socket buffers beyond the system's limit
   capset   capabilities to be given up, as a service manager's filter of system calls does */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#define NEXT(name) ((__typeof__(&name)) dlsym(RTLD_NEXT, #name))
#ifndef TUN_F_USO4
#define TUN_F_USO4 0x20
#define TUN_F_USO6 0x40
#endif
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#define UDP_GRO 104
#endif

static int refused(const char *feature) {
  const char *list = getenv("REFUSE");
  const char *found = list ? strstr(list, feature) : NULL;
  return found != NULL;
}

static int fail(int error) {
  errno = error;
  return -1;
}

int ioctl(int descriptor, unsigned long request, ...) {
  va_list arguments;
  va_start(arguments, request);
  void *argument = va_arg(arguments, void *);
  va_end(arguments);
  unsigned long bits = (unsigned long) argument;
  if (request == TUNSETIFF && refused("header") && ((struct ifreq *) argument)->ifr_flags & IFF_VNET_HDR) return fail(EINVAL);
  if (request == TUNSETOFFLOAD && refused("tso") && bits & (TUN_F_TSO4 | TUN_F_TSO6)) return fail(EINVAL);
  if (request == TUNSETOFFLOAD && refused("uso") && bits & (TUN_F_USO4 | TUN_F_USO6)) return fail(EINVAL);
  return NEXT(ioctl)(descriptor, request, argument);
}

int setsockopt(int descriptor, int level, int name, const void *value, socklen_t length) {
  if (level == IPPROTO_UDP && name == UDP_GRO && refused("gro")) return fail(ENOPROTOOPT);
  if (level == SOL_SOCKET && (name == SO_RCVBUFFORCE || name == SO_SNDBUFFORCE) && refused("buffers")) return fail(EPERM);
  return NEXT(setsockopt)(descriptor, level, name, value, length);
}

static int is_segmented(const struct msghdr *message) {
  for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR((struct msghdr *) message, c))
    if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_SEGMENT) return 1;
  return 0;
}

int sendmmsg(int descriptor, struct mmsghdr *messages, unsigned int count, int flags) {
  /* As the kernel: what went before the refused message has been sent, and counts. */
  for (unsigned int i = 0; i < count; i++) {
    if (!is_segmented(&messages[i].msg_hdr) || !(refused("segment") || refused("eio"))) continue;
    if (i == 0) return fail(refused("eio") ? EIO : EINVAL);
    count = i;
  }
  return NEXT(sendmmsg)(descriptor, messages, count, flags);
}

ssize_t writev(int descriptor, const struct iovec *vectors, int count) {
  /* struct virtio_net_hdr: flags, then gso_type. */
  if (refused("write") && count > 1 && vectors[0].iov_len == 10 && ((unsigned char *) vectors[0].iov_base)[1] != 0)
    return fail(EINVAL);
  return NEXT(writev)(descriptor, vectors, count);
}

long syscall(long number, ...) {
  long values[6];
  va_list arguments;
  va_start(arguments, number);
  for (int i = 0; i < 6; i++) values[i] = va_arg(arguments, long);
  va_end(arguments);
  if (number == SYS_capset && refused("capset")) return fail(EPERM);
  return NEXT(syscall)(number, values[0], values[1], values[2], values[3], values[4], values[5]);
}
