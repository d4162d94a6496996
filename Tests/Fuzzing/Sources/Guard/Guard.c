#define _GNU_SOURCE
#include "Guard.h"

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

static size_t milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (size_t)now.tv_sec * 1000 + (size_t)now.tv_nsec / 1000000;
}

// Processor time, which does not pass while the machine is busy with others; a wait that nothing ends is given ten times
// as long.
static void patience(unsigned seconds) {
  struct itimerval timer = {{0, 0}, {seconds, 0}};
  setitimer(ITIMER_PROF, &timer, NULL);
  alarm(10 * seconds);
}

struct guarded_run run_guarded(size_t start, size_t end, unsigned seconds, size_t (*body)(size_t)) {
  struct guarded_run result = {start, -1, 0, 0};
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
      size_t bytes = body(number);
      patience(0);
      size_t taken = milliseconds() - begin;
      if (bytes > shared->most_allocated)
        shared->most_allocated = bytes;
      if (taken > shared->slowest)
        shared->slowest = taken;
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

int fuzz(int count, char **arguments, int (*target)(const uint8_t *, long)) {
  return LLVMFuzzerRunDriver(&count, &arguments, (int (*)(const uint8_t *, size_t))target);
}
