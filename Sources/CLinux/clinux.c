#define _GNU_SOURCE
#include "clinux.h"

#include <errno.h>
#include <grp.h>
#include <linux/errqueue.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
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
_Static_assert(CLINUX_IFF_MULTI_QUEUE == IFF_MULTI_QUEUE && CLINUX_IFF_PERSIST == IFF_PERSIST, "device flags");
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

static ssize_t ask_for_route(const clinux_route_question *asked, unsigned int flags, void *answer, size_t room) {
    struct route_question question = {
        .header = {.nlmsg_type = RTM_GETROUTE, .nlmsg_flags = NLM_F_REQUEST, .nlmsg_len = NLMSG_LENGTH(sizeof(struct rtmsg))},
        .route = {
            .rtm_family = asked->bytes == 4 ? AF_INET : AF_INET6, .rtm_dst_len = (unsigned char)(asked->bytes * 8),
            .rtm_flags = flags},
    };
    uint8_t protocol = IPPROTO_UDP;
    uint16_t from = htons(asked->local_port), to = htons(asked->remote_port);
    add_attribute(&question, RTA_DST, asked->address, asked->bytes);
    add_attribute(&question, RTA_IP_PROTO, &protocol, sizeof protocol);
    add_attribute(&question, RTA_DPORT, &to, sizeof to);
    if (asked->local_port) add_attribute(&question, RTA_SPORT, &from, sizeof from);
    if (asked->interface) add_attribute(&question, RTA_OIF, &asked->interface, sizeof asked->interface);
    return ask(&question, answer, room);
}

static uint32_t route_mtu(struct rtattr *metrics) {
    int rest = (int)RTA_PAYLOAD(metrics);
    for (struct rtattr *part = RTA_DATA(metrics); RTA_OK(part, rest); part = RTA_NEXT(part, rest)) {
        if (part->rta_type == RTAX_MTU && RTA_PAYLOAD(part) >= sizeof(uint32_t)) return *(uint32_t *)RTA_DATA(part);
    }
    return 0;
}

static int read_route(void *answer, ssize_t length, clinux_route_facts *facts) {
    memset(facts, 0, sizeof *facts);
    struct nlmsghdr *header = answer;
    if (!NLMSG_OK(header, (size_t)length)) { errno = EPROTO; return -1; }
    if (header->nlmsg_type == NLMSG_ERROR) {
        errno = -((struct nlmsgerr *)NLMSG_DATA(header))->error;
        return -1;
    }
    struct rtmsg *route = NLMSG_DATA(header);
    facts->type = route->rtm_type;
    int rest = (int)RTM_PAYLOAD(header);
    for (struct rtattr *part = RTM_RTA(route); RTA_OK(part, rest); part = RTA_NEXT(part, rest)) {
        size_t bytes = RTA_PAYLOAD(part);
        if (part->rta_type == RTA_OIF && bytes >= sizeof(int)) facts->interface = *(int *)RTA_DATA(part);
        if (part->rta_type == RTA_METRICS) facts->mtu = route_mtu(part);
        if (part->rta_type == RTA_PREFSRC && bytes <= sizeof facts->source) {
            memcpy(facts->source, RTA_DATA(part), bytes);
        }
    }
    if (facts->interface > 0) return 0;
    errno = ENODATA;
    return -1;
}

int clinux_route(const clinux_route_question *asked, clinux_route_facts *facts) {
    _Alignas(struct nlmsghdr) char answer[4096];
    ssize_t length = ask_for_route(asked, 0, answer, sizeof answer);
    if (length < 0 || read_route(answer, length, facts) < 0) return -1;
    if (facts->mtu == 0) return 0;
    /* Learned from ICMP, or the administrator's? The table's entry, rather than the cache's, tells. */
    clinux_route_facts entry;
    length = ask_for_route(asked, RTM_F_FIB_MATCH, answer, sizeof answer);
    if (length >= 0 && read_route(answer, length, &entry) == 0) facts->mtu = entry.mtu;
    return 0;
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

int clinux_receive_error(int socket, clinux_queued_error *error) {
    char control[512];
    memset(error, 0, sizeof *error);
    struct iovec vector = {.iov_base = error->quote, .iov_len = sizeof error->quote};
    struct msghdr message = {
        .msg_name = &error->destination, .msg_namelen = sizeof error->destination, .msg_iov = &vector, .msg_iovlen = 1,
        .msg_control = control, .msg_controllen = sizeof control};
    ssize_t length = recvmsg(socket, &message, MSG_ERRQUEUE | MSG_DONTWAIT);
    if (length < 0) return 0;
    error->quote_length = (size_t)length;
    if (message.msg_namelen == 0) error->destination.ss_family = AF_UNSPEC;
    const void *data = clinux_error_entry(&message);
    if (data) {
        struct sock_extended_err entry;
        memcpy(&entry, data, sizeof entry);
        error->error = (int)entry.ee_errno;
        error->information = entry.ee_info;
        error->is_from_network = entry.ee_origin == SO_EE_ORIGIN_ICMP || entry.ee_origin == SO_EE_ORIGIN_ICMP6;
    }
    return 1;
}

int clinux_disconnect(int socket) {
    struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    return connect(socket, &nobody, sizeof nobody);
}

int clinux_receive_drops(int socket, uint32_t *count) {
    uint32_t facts[SK_MEMINFO_VARS];
    socklen_t length = sizeof facts;
    if (getsockopt(socket, SOL_SOCKET, SO_MEMINFO, facts, &length) < 0) return -1;
    *count = length > SK_MEMINFO_DROPS * sizeof facts[0] ? facts[SK_MEMINFO_DROPS] : 0;
    return 0;
}
