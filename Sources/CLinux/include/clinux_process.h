/* What Swift cannot say about this process: stdio. No policy here. */
#pragma once

/* Writes out what stdio keeps for standard output. The errno if any of it could not be written, else 0. `stdout` is a
   variable, which Swift takes for shared between threads. */
int clinux_flush_output(void);
