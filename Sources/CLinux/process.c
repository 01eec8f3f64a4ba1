#define _GNU_SOURCE
#include "clinux_process.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

int clinux_flush_output(void) {
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout)) return 0;
    return errno ? errno : EIO; /* an earlier write's, of which stdio keeps only that it failed */
}

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
