#include "clinux_process.h"

#include <errno.h>
#include <stdio.h>

int clinux_flush_output(void) {
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout)) return 0;
    return errno ? errno : EIO; /* an earlier write's, of which stdio keeps only that it failed */
}
