// DMA pools.
extension Rule {
  static let poolRules: [Rule] = [
    poolDestroyedBusy, poolDoubleFree, poolWrongPool, poolCallInAtomic, poolAlignmentNotPowerOfTwo,
    poolBlockCrossesBoundary, poolSleepingAllocationInAtomic, poolFreeNotAllocated, poolUsedAfterDestroy,
  ]

  static let poolDestroyedBusy = Rule(
    number: 701, name: "pool-destroyed-busy", severity: .error,
    title: "A pool is destroyed while blocks of it are in use.",
    demand: """
      All blocks of a pool must be freed before dma_pool_destroy (Documentation/core-api/dma-api.rst, Part \
      Ib). The kernel keeps the pages of a busy pool for good: it has no way to know when the device is \
      done with them.
      """,
    fix: """
      Free what is in flight before the pool goes: stop the device, empty its rings, then destroy.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_pool_create", "dev": "0000:00:04.0", "name": "ring", "size": 64, "align": 64, \
      "boundary": 4096, "ret": "0xffff000004100000"}
      {"call": "dma_pool_alloc", "pool": "0xffff000004100000", "mem_flags": "GFP_KERNEL", "handle": "0x3e00000", \
      "ret": "0xffff000003e00000"}
      {"call": "dma_pool_destroy", "pool": "0xffff000004100000"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_pool_create", "dev": "0000:00:04.0", "name": "ring", "size": 64, "align": 64, \
      "boundary": 4096, "ret": "0xffff000004100000"}
      {"call": "dma_pool_alloc", "pool": "0xffff000004100000", "mem_flags": "GFP_KERNEL", "handle": "0x3e00000", \
      "ret": "0xffff000003e00000"}
      {"call": "dma_pool_free", "pool": "0xffff000004100000", "vaddr": "0xffff000003e00000", "dma": "0x3e00000"}
      {"call": "dma_pool_destroy", "pool": "0xffff000004100000"}
      """)

  static let poolDoubleFree = Rule(
    number: 702, name: "pool-double-free", severity: .error,
    title: "A block is freed to its pool a second time.",
    demand: """
      A block goes back to its pool once (Documentation/core-api/dma-api.rst, Part Ib). A second time puts \
      it into the list of free blocks twice, and two users get it.
      """,
    fix: """
      Clear the pointer when the block is freed; look for a completion that runs beside an abort.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_pool_create", "dev": "0000:00:04.0", "name": "ring", "size": 64, "align": 64, \
      "boundary": 4096, "ret": "0xffff000004100000"}
      {"call": "dma_pool_alloc", "pool": "0xffff000004100000", "mem_flags": "GFP_KERNEL", "handle": "0x3e00000", \
      "ret": "0xffff000003e00000"}
      {"call": "dma_pool_free", "pool": "0xffff000004100000", "vaddr": "0xffff000003e00000", "dma": "0x3e00000"}
      {"call": "dma_pool_free", "pool": "0xffff000004100000", "vaddr": "0xffff000003e00000", "dma": "0x3e00000"}
      {"call": "dma_pool_destroy", "pool": "0xffff000004100000"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_pool_create", "dev": "0000:00:04.0", "name": "ring", "size": 64, "align": 64, \
      "boundary": 4096, "ret": "0xffff000004100000"}
      {"call": "dma_pool_alloc", "pool": "0xffff000004100000", "mem_flags": "GFP_KERNEL", "handle": "0x3e00000", \
      "ret": "0xffff000003e00000"}
      {"call": "dma_pool_free", "pool": "0xffff000004100000", "vaddr": "0xffff000003e00000", "dma": "0x3e00000"}
      {"call": "dma_pool_alloc", "pool": "0xffff000004100000", "mem_flags": "GFP_KERNEL", "handle": "0x3e00000", \
      "ret": "0xffff000003e00000"}
      {"call": "dma_pool_free", "pool": "0xffff000004100000", "vaddr": "0xffff000003e00000", "dma": "0x3e00000"}
      {"call": "dma_pool_destroy", "pool": "0xffff000004100000"}
      """)

  static let poolWrongPool = Rule(
    number: 703, name: "pool-wrong-pool", severity: .error,
    title: "A block is freed to another pool than it came from.",
    demand: """
      A block is freed to the pool that it was allocated from (Documentation/core-api/dma-api.rst, Part \
      Ib).
      """,
    fix: """
      Keep the pool beside the block, or choose it in both places by the same condition.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_pool_create", "dev": "0000:00:04.0", "name": "ring", "size": 64, "align": 64, \
      "boundary": 4096, "ret": "0xffff000004100000"}
      {"call": "dma_pool_create", "dev": "0000:00:04.0", "name": "table", "size": 64, "align": 64, \
      "boundary": 4096, "ret": "0xffff000004200000"}
      {"call": "dma_pool_alloc", "pool": "0xffff000004100000", "mem_flags": "GFP_KERNEL", "handle": "0x3e00000", \
      "ret": "0xffff000003e00000"}
      {"call": "dma_pool_free", "pool": "0xffff000004200000", "vaddr": "0xffff000003e00000", "dma": "0x3e00000"}
      {"call": "dma_pool_destroy", "pool": "0xffff000004100000"}
      {"call": "dma_pool_destroy", "pool": "0xffff000004200000"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_pool_create", "dev": "0000:00:04.0", "name": "ring", "size": 64, "align": 64, \
      "boundary": 4096, "ret": "0xffff000004100000"}
      {"call": "dma_pool_create", "dev": "0000:00:04.0", "name": "table", "size": 64, "align": 64, \
      "boundary": 4096, "ret": "0xffff000004200000"}
      {"call": "dma_pool_alloc", "pool": "0xffff000004100000", "mem_flags": "GFP_KERNEL", "handle": "0x3e00000", \
      "ret": "0xffff000003e00000"}
      {"call": "dma_pool_free", "pool": "0xffff000004100000", "vaddr": "0xffff000003e00000", "dma": "0x3e00000"}
      {"call": "dma_pool_destroy", "pool": "0xffff000004100000"}
      {"call": "dma_pool_destroy", "pool": "0xffff000004200000"}
      """)

  static let poolCallInAtomic = Rule(
    number: 704, name: "pool-call-in-atomic", severity: .error,
    title: "A pool is created or destroyed where sleeping is forbidden.",
    demand: """
      dma_pool_create allocates memory with GFP_KERNEL, and it and dma_pool_destroy take a mutex: they may be \
      called only where sleeping is allowed (Documentation/core-api/dma-api.rst, Part Ib).
      """,
    fix: """
      Create the pool when the device is probed, once, not where the first block is needed, and destroy it when \
      the driver lets go of the device.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_pool_create", "dev": "0000:00:04.0", "name": "ring", "size": 64, "align": 64, \
      "boundary": 4096, "ret": "0xffff000004100000", "context": "irqs_off"}
      {"call": "dma_pool_destroy", "pool": "0xffff000004100000"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_pool_create", "dev": "0000:00:04.0", "name": "ring", "size": 64, "align": 64, \
      "boundary": 4096, "ret": "0xffff000004100000"}
      {"call": "dma_pool_alloc", "pool": "0xffff000004100000", "mem_flags": "GFP_ATOMIC", "handle": "0x3e00000", \
      "ret": "0xffff000003e00000", "context": "irqs_off"}
      {"call": "dma_pool_free", "pool": "0xffff000004100000", "vaddr": "0xffff000003e00000", "dma": "0x3e00000"}
      {"call": "dma_pool_destroy", "pool": "0xffff000004100000"}
      """)

  static let poolAlignmentNotPowerOfTwo = Rule(
    number: 705, name: "pool-alignment-not-power-of-two", severity: .error,
    title: "A pool is asked for an alignment that is no power of two.",
    demand: """
      The alignment of a pool is a power of two (Documentation/core-api/dma-api.rst, Part Ib); \
      dma_pool_create refuses any other.
      """,
    fix: """
      Ask for the next power of two that is not below what the device needs.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_pool_create", "dev": "0000:00:04.0", "name": "ring", "size": 64, "align": 96, \
      "boundary": 4096, "ret": 0}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_pool_create", "dev": "0000:00:04.0", "name": "ring", "size": 64, "align": 128, \
      "boundary": 4096, "ret": "0xffff000004100000"}
      {"call": "dma_pool_destroy", "pool": "0xffff000004100000"}
      """)

  static let poolBlockCrossesBoundary = Rule(
    number: 706, name: "pool-block-crosses-boundary", severity: .error,
    title: "A block of a pool crosses the boundary that it must not cross.",
    demand: """
      A block must not cross a multiple of the boundary that the pool was created with \
      (Documentation/core-api/dma-api.rst, Part Ib): devices that count addresses within such a window \
      would wrap around.
      """,
    fix: """
      The pool did not do what it was asked for: look at its size and boundary in the evidence, and at the \
      kernel's mm/dmapool.c.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_pool_create", "dev": "0000:00:04.0", "name": "ring", "size": 192, "align": 64, \
      "boundary": 4096, "ret": "0xffff000004100000"}
      {"call": "dma_pool_alloc", "pool": "0xffff000004100000", "mem_flags": "GFP_KERNEL", "handle": "0x3e00f80", \
      "ret": "0xffff000003e00000"}
      {"call": "dma_pool_free", "pool": "0xffff000004100000", "vaddr": "0xffff000003e00000", "dma": "0x3e00f80"}
      {"call": "dma_pool_destroy", "pool": "0xffff000004100000"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_pool_create", "dev": "0000:00:04.0", "name": "ring", "size": 192, "align": 64, \
      "boundary": 4096, "ret": "0xffff000004100000"}
      {"call": "dma_pool_alloc", "pool": "0xffff000004100000", "mem_flags": "GFP_KERNEL", "handle": "0x3e00f40", \
      "ret": "0xffff000003e00000"}
      {"call": "dma_pool_free", "pool": "0xffff000004100000", "vaddr": "0xffff000003e00000", "dma": "0x3e00f40"}
      {"call": "dma_pool_destroy", "pool": "0xffff000004100000"}
      """)

  static let poolSleepingAllocationInAtomic = Rule(
    number: 707, name: "pool-sleeping-allocation-in-atomic", severity: .error,
    title: "A block is allocated with flags that may sleep where sleeping is forbidden.",
    demand: """
      dma_pool_alloc with flags that may sleep (GFP_KERNEL) must not be called in an interrupt, in a soft \
      interrupt, or with interrupts off (Documentation/core-api/dma-api.rst, Part Ib).
      """,
    fix: """
      Pass GFP_ATOMIC, and be ready for a null pointer.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_pool_create", "dev": "0000:00:04.0", "name": "ring", "size": 64, "align": 64, \
      "boundary": 4096, "ret": "0xffff000004100000"}
      {"call": "dma_pool_alloc", "pool": "0xffff000004100000", "mem_flags": "GFP_KERNEL", "handle": "0x3e00000", \
      "ret": "0xffff000003e00000", "context": "softirq"}
      {"call": "dma_pool_free", "pool": "0xffff000004100000", "vaddr": "0xffff000003e00000", "dma": "0x3e00000"}
      {"call": "dma_pool_destroy", "pool": "0xffff000004100000"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_pool_create", "dev": "0000:00:04.0", "name": "ring", "size": 64, "align": 64, \
      "boundary": 4096, "ret": "0xffff000004100000"}
      {"call": "dma_pool_alloc", "pool": "0xffff000004100000", "mem_flags": "GFP_ATOMIC", "handle": "0x3e00000", \
      "ret": "0xffff000003e00000", "context": "softirq"}
      {"call": "dma_pool_free", "pool": "0xffff000004100000", "vaddr": "0xffff000003e00000", "dma": "0x3e00000"}
      {"call": "dma_pool_destroy", "pool": "0xffff000004100000"}
      """)

  static let poolFreeNotAllocated = Rule(
    number: 708, name: "pool-free-not-allocated", severity: .error,
    title: "A block is freed that the pool has not handed out.",
    demand: """
      What is freed to a pool must have come from it (Documentation/core-api/dma-api.rst, Part Ib).
      """,
    fix: """
      Free the CPU address that dma_pool_alloc returned, not a place within the block.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_pool_create", "dev": "0000:00:04.0", "name": "ring", "size": 64, "align": 64, \
      "boundary": 4096, "ret": "0xffff000004100000"}
      {"call": "dma_pool_alloc", "pool": "0xffff000004100000", "mem_flags": "GFP_KERNEL", "handle": "0x3e00000", \
      "ret": "0xffff000003e00000"}
      {"call": "dma_pool_free", "pool": "0xffff000004100000", "vaddr": "0xffff000003e00008", "dma": "0x3e00000"}
      {"call": "dma_pool_free", "pool": "0xffff000004100000", "vaddr": "0xffff000003e00000", "dma": "0x3e00000"}
      {"call": "dma_pool_destroy", "pool": "0xffff000004100000"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_pool_create", "dev": "0000:00:04.0", "name": "ring", "size": 64, "align": 64, \
      "boundary": 4096, "ret": "0xffff000004100000"}
      {"call": "dma_pool_alloc", "pool": "0xffff000004100000", "mem_flags": "GFP_KERNEL", "handle": "0x3e00000", \
      "ret": "0xffff000003e00000"}
      {"call": "dma_pool_free", "pool": "0xffff000004100000", "vaddr": "0xffff000003e00000", "dma": "0x3e00000"}
      {"call": "dma_pool_destroy", "pool": "0xffff000004100000"}
      """)

  static let poolUsedAfterDestroy = Rule(
    number: 709, name: "pool-used-after-destroy", severity: .error,
    title: "A pool is used after it was destroyed.",
    demand: """
      After dma_pool_destroy the pool is gone (Documentation/core-api/dma-api.rst, Part Ib): its handle \
      must not be used any more.
      """,
    fix: """
      Destroy the pool last, after everything that allocates from it has stopped, and clear the pointer.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_pool_create", "dev": "0000:00:04.0", "name": "ring", "size": 64, "align": 64, \
      "boundary": 4096, "ret": "0xffff000004100000"}
      {"call": "dma_pool_destroy", "pool": "0xffff000004100000"}
      {"call": "dma_pool_alloc", "pool": "0xffff000004100000", "mem_flags": "GFP_KERNEL", "handle": "0x3e00000", \
      "ret": "0xffff000003e00000"}
      {"call": "dma_pool_free", "pool": "0xffff000004100000", "vaddr": "0xffff000003e00000", "dma": "0x3e00000"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_pool_create", "dev": "0000:00:04.0", "name": "ring", "size": 64, "align": 64, \
      "boundary": 4096, "ret": "0xffff000004100000"}
      {"call": "dma_pool_destroy", "pool": "0xffff000004100000"}
      {"call": "dma_pool_create", "dev": "0000:00:04.0", "name": "ring", "size": 64, "align": 64, \
      "boundary": 4096, "ret": "0xffff000004100000"}
      {"call": "dma_pool_alloc", "pool": "0xffff000004100000", "mem_flags": "GFP_KERNEL", "handle": "0x3e00000", \
      "ret": "0xffff000003e00000"}
      {"call": "dma_pool_free", "pool": "0xffff000004100000", "vaddr": "0xffff000003e00000", "dma": "0x3e00000"}
      {"call": "dma_pool_destroy", "pool": "0xffff000004100000"}
      """)
}
