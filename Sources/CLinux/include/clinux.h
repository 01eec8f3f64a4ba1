/* What Swift cannot say about Linux: macros with arguments, unions, variadic ioctl. No policy here. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>

#include "clinux_process.h"

/* struct mmsghdr hides behind _GNU_SOURCE, which Swift's import of <sys/socket.h> does without. */
typedef struct {
    struct msghdr header;
    unsigned int length;
} clinux_message;

/* linux/virtio_net.h, the header that a device opened with IFF_VNET_HDR puts before each packet. Host byte order. */
typedef struct {
    uint8_t flags;
    uint8_t gso_type;
    uint16_t header_length;
    uint16_t segment_size;
    uint16_t checksum_start;
    uint16_t checksum_offset;
} clinux_virtio_header;

/* linux/if_tun.h and linux/virtio_net.h */
enum {
    CLINUX_IFF_TUN = 0x0001,
    CLINUX_IFF_TAP = 0x0002,
    CLINUX_IFF_MULTI_QUEUE = 0x0100,
    CLINUX_IFF_PERSIST = 0x0800,
    CLINUX_IFF_NO_PI = 0x1000,
    CLINUX_IFF_VNET_HDR = 0x4000,
    CLINUX_TUN_F_CSUM = 0x01,
    CLINUX_TUN_F_TSO4 = 0x02,
    CLINUX_TUN_F_TSO6 = 0x04,
    CLINUX_TUN_F_TSO_ECN = 0x08,
    CLINUX_TUN_F_USO4 = 0x20,
    CLINUX_TUN_F_USO6 = 0x40,
};

/* Attaches a /dev/net/tun descriptor to a device. `name` holds IFNAMSIZ bytes and comes back as the kernel chose. */
int clinux_tun_attach(int descriptor, char name[16], uint16_t flags);
int clinux_tun_set_offload(int descriptor, unsigned int features);

/* The flags that the driver knows, asked through any descriptor of /dev/net/tun. */
int clinux_tun_features(int descriptor, unsigned int *flags);

/* A persistent device stays when its descriptor is closed; its owner and group may attach to it. */
int clinux_tun_set_persistent(int descriptor, int is_persistent);
int clinux_tun_set_owner(int descriptor, unsigned int user);
int clinux_tun_set_group(int descriptor, unsigned int group);

/* linux/rtnetlink.h: whom an address stands for. */
enum { CLINUX_RTN_LOCAL = 2, CLINUX_RTN_BROADCAST = 3, CLINUX_RTN_MULTICAST = 5 };

/* Where do UDP datagrams between two ports leave for an address? */
typedef struct {
    uint8_t address[16]; /* in network order */
    size_t bytes;        /* 4 or 16 of them */
    uint16_t remote_port;
    uint16_t local_port; /* 0 if it is not known */
    uint32_t interface;  /* of a link-local address, else 0 */
} clinux_route_question;

typedef struct {
    int interface;
    uint8_t type; /* whom the address stands for, as above */
    uint32_t mtu;       /* that the route was given (ip-route(8), mtu); 0 if none. Not what was learned from ICMP */
    uint8_t source[16]; /* the address that they leave from, in network order; the first 4 bytes for IPv4 */
} clinux_route_facts;

/* Asks that (rtnetlink(7), RTM_GETROUTE; kernels before 4.19 do not look at the ports). Negative with errno set if there is
   no route. */
int clinux_route(const clinux_route_question *question, clinux_route_facts *facts);

/* An interface's MTU, by name, asked through any socket. Negative with errno set on failure. */
int clinux_interface_mtu(int socket, const char name[16]);
int clinux_interface_is_up(int socket, const char name[16]);
int clinux_set_interface_mtu(int socket, const char name[16], int mtu);

/* Ancillary data of UDP sockets. UDP_SEGMENT is an int16 on the way out, UDP_GRO an int on the way in. */
enum { CLINUX_CONTROL_BYTES = 64, CLINUX_UDP_GRO = 104 };
void clinux_put_segment_size(struct msghdr *message, void *control, uint16_t bytes);
int clinux_gro_segment_size(struct msghdr *message);

/* The entry that came from a socket's error queue (struct sock_extended_err, at any alignment), or NULL. */
const void *clinux_error_entry(struct msghdr *message);

int clinux_send_messages(int socket, clinux_message *messages, unsigned int count);
int clinux_receive_messages(int socket, clinux_message *messages, unsigned int count);

/* Connects to a unix socket by its path, or by its abstract name after an @. */
int clinux_connect_unix(int socket, const char *path);

/* syslog(3) is variadic. `name` stands before each line. Connects at once, for after chroot there may be no socket. */
void clinux_open_syslog(const char *name);
void clinux_syslog(int priority, const char *line);

/* errno, of which glibc makes a macro. */
int clinux_errno(void);

/* prctl is variadic. */
int clinux_forbid_dumps(void);

/* setgroups(0, NULL), which hides behind _DEFAULT_SOURCE. */
int clinux_clear_groups(void);

/* One entry of a socket's error queue (ip(7), IP_RECVERR). */
typedef struct {
    int error;                           /* the errno that an ICMP message stands for */
    uint32_t information;                /* the next hop's MTU with EMSGSIZE */
    int is_from_network;                 /* an ICMP message, rather than this host's own refusal */
    struct sockaddr_storage destination; /* of the datagram that it is about; AF_UNSPEC if that is not told */
    uint8_t quote[32];                   /* how that datagram began, as the message quotes it */
    size_t quote_length;
} clinux_queued_error;

/* 1 if there was an entry, 0 if the queue is empty. */
int clinux_receive_error(int socket, clinux_queued_error *error);

/* Undoes connect(2): an address of AF_UNSPEC, for which Swift has no initialiser of the length that is wanted. */
int clinux_disconnect(int socket);

/* How many datagrams a socket had no room for, so far (SO_MEMINFO, Linux 4.12). Negative with errno set on failure. */
int clinux_receive_drops(int socket, uint32_t *count);
