// Coherent memory and other blocks from the DMA API.
extension Rule {
  static let memoryRules: [Rule] = [
    freeWithIrqsOff, freeSizeMismatch, freeCPUAddressMismatch, freeNotAllocated, doubleFree,
    sleepingAllocationInAtomic, smallCoherentAllocations, cacheSyncNotAllocated, cacheAlignmentNotPowerOfTwo,
  ]

  static let freeWithIrqsOff = Rule(
    number: 601, name: "free-with-irqs-off", severity: .error,
    title: "Coherent memory is freed with interrupts off.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let freeSizeMismatch = Rule(
    number: 602, name: "free-size-mismatch", severity: .error,
    title: "Memory is freed with another size than it was allocated with.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let freeCPUAddressMismatch = Rule(
    number: 603, name: "free-cpu-address-mismatch", severity: .error,
    title: "Memory is freed with another CPU address than it was allocated with.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let freeNotAllocated = Rule(
    number: 604, name: "free-not-allocated", severity: .error,
    title: "Something is freed that is not allocated.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let doubleFree = Rule(
    number: 605, name: "double-free", severity: .error,
    title: "Memory is freed a second time.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let sleepingAllocationInAtomic = Rule(
    number: 606, name: "sleeping-allocation-in-atomic", severity: .error,
    title: "An allocation that may sleep is made where sleeping is forbidden.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let smallCoherentAllocations = Rule(
    number: 607, name: "small-coherent-allocations", severity: .hint,
    title: "Blocks much smaller than a page are allocated one by one.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let cacheSyncNotAllocated = Rule(
    number: 608, name: "cache-sync-not-allocated", severity: .error,
    title: "dma_cache_sync is called for memory that was not allocated as non-coherent.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let cacheAlignmentNotPowerOfTwo = Rule(
    number: 609, name: "cache-alignment-not-power-of-two", severity: .error,
    title: "The width of a cache line is reported as no power of two.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)
}
