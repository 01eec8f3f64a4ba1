#define _GNU_SOURCE
#include "clinux.h"

#include <errno.h>
#include <grp.h>
#include <linux/errqueue.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/udp.h>
#include <linux/virtio_net.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

_Static_assert(sizeof(clinux_message) == sizeof(struct mmsghdr), "clinux_message is struct mmsghdr");
_Static_assert(sizeof(clinux_virtio_header) == sizeof(struct virtio_net_hdr), "the virtio header has 10 bytes");
_Static_assert(CLINUX_IFF_TUN == IFF_TUN && CLINUX_IFF_TAP == IFF_TAP, "device modes");
_Static_assert(CLINUX_IFF_MULTI_QUEUE == IFF_MULTI_QUEUE, "device flags");
_Static_assert(CLINUX_IFF_NO_PI == IFF_NO_PI && CLINUX_IFF_VNET_HDR == IFF_VNET_HDR, "device flags");
_Static_assert(CLINUX_TUN_F_CSUM == TUN_F_CSUM && CLINUX_TUN_F_TSO4 == TUN_F_TSO4, "offloads");
_Static_assert(CLINUX_TUN_F_TSO6 == TUN_F_TSO6 && CLINUX_TUN_F_TSO_ECN == TUN_F_TSO_ECN, "offloads");
#ifdef TUN_F_USO4
_Static_assert(CLINUX_TUN_F_USO4 == TUN_F_USO4 && CLINUX_TUN_F_USO6 == TUN_F_USO6, "offloads");
#endif
_Static_assert(CLINUX_UDP_GRO == UDP_GRO, "udp(7)");
_Static_assert(CLINUX_RTN_LOCAL == RTN_LOCAL && CLINUX_RTN_BROADCAST == RTN_BROADCAST, "types of routes");
_Static_assert(CLINUX_RTN_MULTICAST == RTN_MULTICAST, "types of routes");
_Static_assert(IFNAMSIZ == 16, "interface names have up to 15 bytes");
_Static_assert(CMSG_SPACE(sizeof(int)) <= CLINUX_CONTROL_BYTES, "one number fits");

static struct ifreq request_for(const char name[16]) {
    struct ifreq request;
    memset(&request, 0, sizeof request);
    memcpy(request.ifr_name, name, IFNAMSIZ - 1);
    return request;
}

int clinux_tun_attach(int descriptor, char name[16], uint16_t flags) {
    struct ifreq request = request_for(name);
    request.ifr_flags = (short)flags;
    int result = ioctl(descriptor, TUNSETIFF, &request);
    if (result >= 0) memcpy(name, request.ifr_name, IFNAMSIZ);
    return result;
}

int clinux_tun_set_offload(int descriptor, unsigned int features) {
    return ioctl(descriptor, TUNSETOFFLOAD, features);
}

int clinux_tun_features(int descriptor, unsigned int *flags) {
    return ioctl(descriptor, TUNGETFEATURES, flags);
}

int clinux_tun_set_persistent(int descriptor, int is_persistent) {
    return ioctl(descriptor, TUNSETPERSIST, (unsigned long)is_persistent);
}

int clinux_tun_set_owner(int descriptor, unsigned int user) {
    return ioctl(descriptor, TUNSETOWNER, (unsigned long)user);
}

int clinux_tun_set_group(int descriptor, unsigned int group) {
    return ioctl(descriptor, TUNSETGROUP, (unsigned long)group);
}

struct route_question {
    struct nlmsghdr header;
    struct rtmsg route;
    char attributes[64];
};

static void add_attribute(struct route_question *question, unsigned short type, const void *value, size_t bytes) {
    struct rtattr *attribute = (struct rtattr *)((char *)question + NLMSG_ALIGN(question->header.nlmsg_len));
    attribute->rta_type = type;
    attribute->rta_len = (unsigned short)RTA_LENGTH(bytes);
    memcpy(RTA_DATA(attribute), value, bytes);
    question->header.nlmsg_len = NLMSG_ALIGN(question->header.nlmsg_len) + (uint32_t)RTA_SPACE(bytes);
}

/* Sends the question and reads the answer into `answer`. */
static ssize_t ask(const struct route_question *question, void *answer, size_t room) {
    int socket_ = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (socket_ < 0) return -1;
    ssize_t length = send(socket_, question, question->header.nlmsg_len, 0);
    if (length > 0) length = recv(socket_, answer, room, 0);
    int error = errno;
    close(socket_);
    errno = error;
    return length;
}

static ssize_t ask_for_route(
    const uint8_t *address, int bytes, uint32_t scope, uint16_t remote_port, uint16_t local_port, void *answer,
    size_t room) {
    struct route_question question = {
        .header = {.nlmsg_type = RTM_GETROUTE, .nlmsg_flags = NLM_F_REQUEST, .nlmsg_len = NLMSG_LENGTH(sizeof(struct rtmsg))},
        .route = {.rtm_family = bytes == 4 ? AF_INET : AF_INET6, .rtm_dst_len = (unsigned char)(bytes * 8)},
    };
    uint8_t protocol = IPPROTO_UDP;
    uint16_t from = htons(local_port), to = htons(remote_port);
    add_attribute(&question, RTA_DST, address, (size_t)bytes);
    add_attribute(&question, RTA_IP_PROTO, &protocol, sizeof protocol);
    add_attribute(&question, RTA_DPORT, &to, sizeof to);
    if (local_port) add_attribute(&question, RTA_SPORT, &from, sizeof from);
    if (scope) add_attribute(&question, RTA_OIF, &scope, sizeof scope);
    return ask(&question, answer, room);
}

int clinux_route_interface(
    const uint8_t *address, int bytes, uint32_t scope, uint16_t remote_port, uint16_t local_port, uint8_t *type) {
    _Alignas(struct nlmsghdr) char answer[4096];
    ssize_t length = ask_for_route(address, bytes, scope, remote_port, local_port, answer, sizeof answer);
    if (length < 0) return -1;
    struct nlmsghdr *header = (struct nlmsghdr *)answer;
    if (!NLMSG_OK(header, (size_t)length)) { errno = EPROTO; return -1; }
    if (header->nlmsg_type == NLMSG_ERROR) {
        errno = -((struct nlmsgerr *)NLMSG_DATA(header))->error;
        return -1;
    }
    struct rtmsg *route = NLMSG_DATA(header);
    *type = route->rtm_type;
    int rest = (int)RTM_PAYLOAD(header);
    for (struct rtattr *part = RTM_RTA(route); RTA_OK(part, rest); part = RTA_NEXT(part, rest)) {
        if (part->rta_type == RTA_OIF) return *(int *)RTA_DATA(part);
    }
    errno = ENODATA;
    return -1;
}

int clinux_interface_mtu(int socket, const char name[16]) {
    struct ifreq request = request_for(name);
    return ioctl(socket, SIOCGIFMTU, &request) < 0 ? -1 : request.ifr_mtu;
}

int clinux_interface_is_up(int socket, const char name[16]) {
    struct ifreq request = request_for(name);
    return ioctl(socket, SIOCGIFFLAGS, &request) < 0 ? -1 : (request.ifr_flags & IFF_UP) != 0;
}

int clinux_set_interface_mtu(int socket, const char name[16], int mtu) {
    struct ifreq request = request_for(name);
    request.ifr_mtu = mtu;
    return ioctl(socket, SIOCSIFMTU, &request);
}

void clinux_put_segment_size(struct msghdr *message, void *control, uint16_t bytes) {
    memset(control, 0, CMSG_SPACE(sizeof bytes));
    message->msg_control = control;
    message->msg_controllen = CMSG_SPACE(sizeof bytes);
    struct cmsghdr *part = CMSG_FIRSTHDR(message);
    part->cmsg_level = IPPROTO_UDP;
    part->cmsg_type = UDP_SEGMENT;
    part->cmsg_len = CMSG_LEN(sizeof bytes);
    memcpy(CMSG_DATA(part), &bytes, sizeof bytes);
}

/* The data of the first part of that kind that holds at least `bytes`, or NULL. glibc's CMSG_FIRSTHDR does not look
   whether the part ends where the buffer does. */
static const void *find_part(struct msghdr *message, int level, int type, size_t bytes) {
    const char *end = (const char *)message->msg_control + message->msg_controllen;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part; part = CMSG_NXTHDR(message, part)) {
        if (part->cmsg_len < sizeof *part || part->cmsg_len > (size_t)(end - (const char *)part)) return NULL;
        if (part->cmsg_level == level && part->cmsg_type == type && part->cmsg_len >= CMSG_LEN(bytes)) {
            return CMSG_DATA(part);
        }
    }
    return NULL;
}

int clinux_gro_segment_size(struct msghdr *message) {
    int bytes = 0;
    const void *data = find_part(message, IPPROTO_UDP, UDP_GRO, sizeof bytes);
    if (data) memcpy(&bytes, data, sizeof bytes);
    return bytes;
}

const void *clinux_error_entry(struct msghdr *message) {
    const void *data = find_part(message, IPPROTO_IP, IP_RECVERR, sizeof(struct sock_extended_err));
    return data ? data : find_part(message, IPPROTO_IPV6, IPV6_RECVERR, sizeof(struct sock_extended_err));
}

int clinux_send_messages(int socket, clinux_message *messages, unsigned int count) {
    return sendmmsg(socket, (struct mmsghdr *)messages, count, 0);
}

int clinux_receive_messages(int socket, clinux_message *messages, unsigned int count) {
    return recvmmsg(socket, (struct mmsghdr *)messages, count, MSG_DONTWAIT, NULL);
}

int clinux_errno(void) { return errno; }

int clinux_forbid_dumps(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

int clinux_clear_groups(void) { return setgroups(0, NULL); }

int clinux_connect_unix(int socket, const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof address.sun_path) {
        errno = EINVAL;
        return -1;
    }
    memcpy(address.sun_path, path, length);
    if (path[0] == '@') address.sun_path[0] = 0;
    return connect(socket, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
}

void clinux_open_syslog(const char *name) {
    static char kept[64]; /* openlog keeps the pointer */
    strncpy(kept, name, sizeof kept - 1);
    openlog(kept, LOG_PID | LOG_NDELAY, LOG_DAEMON);
}

void clinux_syslog(int priority, const char *line) { syslog(priority, "%s", line); }

int clinux_receive_error(int socket, int *error, uint32_t *information) {
    char control[512];
    struct msghdr message = {.msg_control = control, .msg_controllen = sizeof control};
    if (recvmsg(socket, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return 0;
    *error = 0;
    *information = 0;
    const void *data = clinux_error_entry(&message);
    if (data) {
        struct sock_extended_err entry;
        memcpy(&entry, data, sizeof entry);
        *error = (int)entry.ee_errno;
        *information = entry.ee_info;
    }
    return 1;
}
