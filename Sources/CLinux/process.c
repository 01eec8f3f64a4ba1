#define _GNU_SOURCE
#include "clinux_process.h"

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

int clinux_flush_output(void) {
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout)) return 0;
    return errno ? errno : EIO; /* an earlier write's, of which stdio keeps only that it failed */
}

int clinux_rlimit_memlock(void) { return RLIMIT_MEMLOCK; }

int clinux_drop_bounding(int capability) { return prctl(PR_CAPBSET_DROP, capability, 0, 0, 0); }

int clinux_clear_ambient(void) { return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); }

int clinux_reduce_capabilities(int may_keep_memory_locking) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {{0}};
    uint32_t kept = 0;
    if (may_keep_memory_locking && syscall(SYS_capget, &header, sets) == 0)
        kept = sets[0].effective & CAP_TO_MASK(CAP_IPC_LOCK);
    memset(sets, 0, sizeof sets);
    sets[0].permitted = sets[0].effective = kept;
    return (int)syscall(SYS_capset, &header, sets);
}

int clinux_forbid_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }

int clinux_ignores_signal(int number) {
    struct sigaction action;
    return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

const char *clinux_signal_name(int number) { return sigabbrev_np(number); }

static void end_with_a_word(int number) {
    const char *name = sigabbrev_np(number);
    const char before[] = "Ended by SIG", after[] = " before the tunnel was up\n";
    struct iovec parts[] = {
        {(char *)before, sizeof before - 1}, {(char *)name, name ? strlen(name) : 0}, {(char *)after, sizeof after - 1}};
    ssize_t written = writev(STDERR_FILENO, parts, 3);
    (void)written;
    raise(number);       /* to its default action by SA_RESETHAND */
    _exit(128 + number); /* process 1 of a container, which that does not end */
}

void clinux_let_end_with_a_word(int number) {
    struct sigaction action = {.sa_handler = end_with_a_word, .sa_flags = (int)(SA_RESETHAND | SA_NODEFER)};
    sigaction(number, &action, NULL);
}
