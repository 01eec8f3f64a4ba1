/* What Swift cannot say about this process: variadic prctl, capabilities, handlers of signals, stdio. No policy here. */
#pragma once

/* Writes out what stdio keeps for standard output. The errno if any of it could not be written, else 0. `stdout` is a
   variable, which Swift takes for shared between threads. */
int clinux_flush_output(void);

/* RLIMIT_MEMLOCK, which hides behind _DEFAULT_SOURCE. */
int clinux_rlimit_memlock(void);

/* Capabilities of the calling thread (capabilities(7)); glibc has no functions for them. */
int clinux_drop_bounding(int capability);
int clinux_clear_ambient(void);
/* Leaves no more than CAP_IPC_LOCK in the permitted and the effective set, and not even that if it may not stay; none is
   inheritable. */
int clinux_reduce_capabilities(int may_keep_memory_locking);
int clinux_forbid_new_privileges(void);

/* Whether a signal is ignored: its disposition is a union of functions. */
int clinux_ignores_signal(int number);
/* "TERM"; null where there is no such signal. */
const char *clinux_signal_name(int number);
/* Lets a signal end the process as its default action does, but with a line on standard error before. In C, for Swift
   promises of no code that a handler may run it. */
void clinux_let_end_with_a_word(int number);
