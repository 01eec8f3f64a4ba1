/* What Swift cannot say about this process: handlers of signals, stdio. No policy here. */
#pragma once

/* Writes out what stdio keeps for standard output. The errno if any of it could not be written, else 0. `stdout` is a
   variable, which Swift takes for shared between threads. */
int clinux_flush_output(void);

/* Whether a signal is ignored: its disposition is a union of functions. */
int clinux_ignores_signal(int number);
/* "TERM"; null where there is no such signal. */
const char *clinux_signal_name(int number);
/* Lets a signal end the process as its default action does, but with a line on standard error before. In C, for Swift
   promises of no code that a handler may run it. */
void clinux_let_end_with_a_word(int number);
