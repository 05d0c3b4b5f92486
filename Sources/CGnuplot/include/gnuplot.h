// A gnuplot process behind a C interface: commands in, what it printed and a status out.
//
// Nothing here throws, prints, raises SIGPIPE or waits for ever: a gnuplot that is missing,
// dies, prints rubbish or hangs is a status and a message.
#ifndef PETL_GNUPLOT_H
#define PETL_GNUPLOT_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum petl_gnuplot_status {
  PETL_GNUPLOT_OK = 0,
  // There is no such program: it is not installed.
  PETL_GNUPLOT_MISSING = 1,
  // The process ended, or closed its pipes, before it had answered.
  PETL_GNUPLOT_DIED = 2,
  // No byte went in or out for the whole timeout, or the run took longer than its limit; the
  // process was ended.
  PETL_GNUPLOT_TIMED_OUT = 3,
  // gnuplot answered, and reported an error in the commands.
  PETL_GNUPLOT_REPORTED = 4,
  // The program prints without end and never answers; it was ended.
  PETL_GNUPLOT_NOT_GNUPLOT = 5,
  // `should_stop` said so; the process was ended.
  PETL_GNUPLOT_INTERRUPTED = 6,
  // No memory, no file descriptors, no leave to start the program and the like on our side.
  PETL_GNUPLOT_INTERNAL = 7
} petl_gnuplot_status;

typedef struct petl_gnuplot petl_gnuplot;

// Polled about ten times a second while a run waits.
typedef bool (*petl_gnuplot_should_stop)(void *context);

// A handle for `program` (a name looked up in PATH, or a path). No process starts before the
// first run. NULL when there is no memory.
petl_gnuplot *petl_gnuplot_create(const char *program);

// Ends the process, if one runs, and frees the handle. NULL is allowed.
void petl_gnuplot_destroy(petl_gnuplot *gnuplot);

// Sends `length` bytes of `commands` (whole lines), then waits until gnuplot has done them all.
// Starts a process when none is alive, so a handle outlives any number of dead gnuplots.
// `timeout` is in seconds without progress, `limit` in seconds in all. One run at a time:
// others wait.
petl_gnuplot_status petl_gnuplot_run(
    petl_gnuplot *gnuplot, const char *commands, size_t length, double timeout, double limit,
    petl_gnuplot_should_stop should_stop, void *context);

// Ends the process, if one runs; the next run starts another.
void petl_gnuplot_stop(petl_gnuplot *gnuplot);

// What the last run wrote to its standard output (a drawing, perhaps binary). Valid until the
// next run.
const char *petl_gnuplot_output(const petl_gnuplot *gnuplot, size_t *length);

// One line that says what went wrong in the last run; empty after success.
const char *petl_gnuplot_message(const petl_gnuplot *gnuplot);

// The process's id, 0 when none runs.
int petl_gnuplot_process(const petl_gnuplot *gnuplot);

#ifdef __cplusplus
}
#endif

#endif
