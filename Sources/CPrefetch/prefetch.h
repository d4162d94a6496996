// The one instruction that Swift has no word for: asks for a line of memory that will be read soon, and goes on.
// The address need not be valid.
static inline __attribute__((always_inline)) void prefetch_line(const void *address) {
  __builtin_prefetch(address);
}
