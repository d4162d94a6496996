#define _GNU_SOURCE
#include "Guard.h"

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// The sanitizer runtime's own interface (sanitizer/allocator_interface.h).
int __sanitizer_install_malloc_and_free_hooks(void (*malloc_hook)(const volatile void *, size_t),
                                              void (*free_hook)(const volatile void *));
size_t __sanitizer_get_allocated_size(const volatile void *pointer);

static atomic_long live, peak;
static atomic_long limit;
static atomic_int counting;

static void allocated(const volatile void *pointer, size_t size) {
  if (!atomic_load_explicit(&counting, memory_order_relaxed))
    return;
  long now = atomic_fetch_add_explicit(&live, (long)size, memory_order_relaxed) + (long)size;
  long most = atomic_load_explicit(&peak, memory_order_relaxed);
  while (now > most && !atomic_compare_exchange_weak(&peak, &most, now))
    ;
  if (now > atomic_load_explicit(&limit, memory_order_relaxed)) {
    atomic_store(&counting, 0);
    fprintf(stderr, "allocation limit: %ld bytes live after one of %zu, %ld allowed\n", now, size, limit);
    abort();
  }
}

static void freed(const volatile void *pointer) {
  if (pointer && atomic_load_explicit(&counting, memory_order_relaxed))
    atomic_fetch_sub_explicit(&live, (long)__sanitizer_get_allocated_size(pointer), memory_order_relaxed);
}

void meter_start(size_t bytes) {
  static int installed;
  if (!installed)
    installed = __sanitizer_install_malloc_and_free_hooks(allocated, freed);
  atomic_store(&live, 0);
  atomic_store(&peak, 0);
  atomic_store(&limit, (long)bytes);
  atomic_store(&counting, 1);
}

size_t meter_stop(void) {
  atomic_store(&counting, 0);
  long most = atomic_load(&peak);
  return most > 0 ? (size_t)most : 0;
}

int memory_file(const void *data, size_t size) {
  int descriptor = memfd_create("input", MFD_CLOEXEC);
  size_t done = 0;
  while (descriptor >= 0 && done < size) {
    ssize_t count = write(descriptor, (const char *)data + done, size - done);
    if (count <= 0) {
      close(descriptor);
      return -1;
    }
    done += (size_t)count;
  }
  return descriptor;
}

int full_pipe(const void *data, size_t size) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
    return -1;
  // Where the system allows no such pipe, what does not fit shows in the writing.
  fcntl(ends[1], F_SETPIPE_SZ, (int)(size < 4096 ? 4096 : size));
  size_t done = 0;
  while (done < size) {
    ssize_t count = write(ends[1], (const char *)data + done, size - done);
    if (count <= 0)
      break;
    done += (size_t)count;
  }
  close(ends[1]);
  if (done == size)
    return ends[0];
  close(ends[0]);
  return -1;
}

/// Processor time of all threads, which does not pass while the machine is busy with others.
static size_t milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (size_t)now.tv_sec * 1000 + (size_t)now.tv_nsec / 1000000;
}

static void patience(unsigned seconds) {
  struct itimerval timer = {{0, 0}, {seconds, 0}};
  setitimer(ITIMER_PROF, &timer, NULL);
}

struct guarded_run run_guarded(size_t start, size_t end, unsigned seconds, size_t (*body)(size_t)) {
  struct guarded_run result = {start, -1, 0, 0, start};
  struct guarded_run *shared =
      mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED)
    return result;
  *shared = result;
  pid_t child = fork();
  if (child == 0) {
    for (size_t number = start; number < end; number++) {
      shared->reached = number;
      size_t begin = milliseconds();
      patience(seconds);
      // A wait that nothing ends takes no processor time.
      alarm(10 * seconds);
      size_t bytes = body(number);
      patience(0);
      alarm(0);
      size_t taken = milliseconds() - begin;
      if (bytes > shared->most_allocated)
        shared->most_allocated = bytes;
      if (taken > shared->slowest) {
        shared->slowest = taken;
        shared->slowest_number = number;
      }
    }
    shared->reached = end;
    _exit(0);
  }
  if (child > 0 && waitpid(child, &result.status, 0) == child) {
    int status = result.status;
    result = *shared;
    result.status = status;
  }
  munmap(shared, sizeof *shared);
  return result;
}

int LLVMFuzzerRunDriver(int *count, char ***arguments, int (*target)(const uint8_t *, size_t));
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);

size_t change(uint8_t *data, size_t size, size_t most) { return LLVMFuzzerMutate(data, size, most); }

static size_t (*fuzzed)(const uint8_t *, size_t);
static unsigned limit_seconds;
static size_t most_allocated, slowest;

static void too_slow(int signal) {
  (void)signal;
  static const char text[] = "too slow: over the limit of processor time for one input\n";
  ssize_t written = write(STDERR_FILENO, text, sizeof text - 1);
  (void)written;
  // libFuzzer keeps the input.
  abort();
}

/// Called by libFuzzer with one input after another.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  size_t begin = milliseconds();
  patience(limit_seconds);
  size_t bytes = fuzzed(data, size);
  patience(0);
  size_t taken = milliseconds() - begin;
  if (bytes > most_allocated)
    most_allocated = bytes;
  if (taken > slowest)
    slowest = taken;
  return 0;
}

static void say_most(void) {
  fprintf(stderr, "stat::slowest_unit_cpu_ms:    %zu\nstat::most_allocated_kib:      %zu\n", slowest,
          most_allocated >> 10);
}

int fuzz(int count, char **arguments, unsigned seconds, size_t (*body)(const uint8_t *, size_t)) {
  fuzzed = body;
  limit_seconds = seconds;
  signal(SIGPROF, too_slow);
  atexit(say_most);
  return LLVMFuzzerRunDriver(&count, &arguments, LLVMFuzzerTestOneInput);
}
