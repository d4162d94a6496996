// DMA pools.
extension Rule {
  static let poolRules: [Rule] = [
    poolDestroyedBusy, poolDoubleFree, poolWrongPool, poolCreatedInAtomic, poolAlignmentNotPowerOfTwo,
    poolBlockCrossesBoundary, poolSleepingAllocationInAtomic, poolFreeNotAllocated, poolUsedAfterDestroy,
  ]

  static let poolDestroyedBusy = Rule(
    number: 701, name: "pool-destroyed-busy", severity: .error,
    title: "A pool is destroyed while blocks of it are in use.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let poolDoubleFree = Rule(
    number: 702, name: "pool-double-free", severity: .error,
    title: "A block is freed to its pool a second time.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let poolWrongPool = Rule(
    number: 703, name: "pool-wrong-pool", severity: .error,
    title: "A block is freed to another pool than it came from.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let poolCreatedInAtomic = Rule(
    number: 704, name: "pool-created-in-atomic", severity: .error,
    title: "A pool is created where sleeping is forbidden.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let poolAlignmentNotPowerOfTwo = Rule(
    number: 705, name: "pool-alignment-not-power-of-two", severity: .error,
    title: "A pool is asked for an alignment that is no power of two.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let poolBlockCrossesBoundary = Rule(
    number: 706, name: "pool-block-crosses-boundary", severity: .error,
    title: "A block of a pool crosses the boundary that it must not cross.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let poolSleepingAllocationInAtomic = Rule(
    number: 707, name: "pool-sleeping-allocation-in-atomic", severity: .error,
    title: "A block is allocated with flags that may sleep where sleeping is forbidden.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let poolFreeNotAllocated = Rule(
    number: 708, name: "pool-free-not-allocated", severity: .error,
    title: "A block is freed that the pool has not handed out.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let poolUsedAfterDestroy = Rule(
    number: 709, name: "pool-used-after-destroy", severity: .error,
    title: "A pool is used after it was destroyed.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)
}
