// What keeps an input that misbehaves from taking the run with it.

#ifndef GUARD_H
#define GUARD_H

#include <stddef.h>
#include <stdint.h>

/// Begins to count bytes that are allocated and not freed; aborts as soon as there are more than `limit`.
void meter_start(size_t limit);

/// Stops counting.
/// - Returns: the most bytes that were allocated at once.
size_t meter_stop(void);

/// An unnamed file in memory with `size` bytes of `data`.
/// - Returns: its descriptor, or -1.
int memory_file(const void *data, size_t size);

/// A pipe that holds `size` bytes of `data` and has no writer any more.
/// - Returns: the descriptor of its end to read, or -1 if a pipe cannot hold so much.
int full_pipe(const void *data, size_t size);

/// How a guarded run ended.
struct guarded_run {
  /// The number that it came to: `end`, or that of the input that ended it.
  size_t reached;
  /// What the operating system says of the end, as waitpid(2) does; 0 if all went well.
  int status;
  /// The most bytes that one input had allocated at once, beyond 4 x its size.
  size_t most_allocated;
  /// Milliseconds of processor time of the slowest input, and its number.
  size_t slowest;
  size_t slowest_number;
};

/// Calls `body` with the numbers from `start` to `end` in a process of its own, which ends if one of them takes longer
/// than `seconds` of processor time, or ten times as long in all. `body` returns what it had allocated at most, beyond 4 x the input's size.
struct guarded_run run_guarded(size_t start, size_t end, unsigned seconds, size_t (*body)(size_t));

/// Hands over to libFuzzer. It holds inputs to `seconds` of processor time each, and says at its end how long the slowest took.
///
/// - Parameter body: returns what it had allocated at most, beyond 4 x the input's size.
/// - Returns: its exit status.
int fuzz(int count, char **arguments, unsigned seconds, size_t (*body)(const uint8_t *, size_t));

/// A random change by libFuzzer.
/// - Returns: the new size, `most` at most.
size_t change(uint8_t *data, size_t size, size_t most);

#endif
