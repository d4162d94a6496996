// Coherent memory and other blocks from the DMA API.
extension Rule {
  static let memoryRules: [Rule] = [
    freeWithIrqsOff, freeSizeMismatch, freeCPUAddressMismatch, freeNotAllocated, doubleFree,
    sleepingAllocationInAtomic, smallCoherentAllocations, cacheSyncNotAllocated, cacheAlignmentNotPowerOfTwo,
  ]

  static let freeWithIrqsOff = Rule(
    number: 601, name: "free-with-irqs-off", severity: .error,
    title: "Coherent memory is freed with interrupts off.",
    demand: """
      dma_free_coherent must be called with interrupts enabled (Documentation/core-api/dma-api.rst, Part \
      Ia): taking the kernel mapping away waits for the other CPUs, which may wait for this one.
      """,
    fix: """
      Free where interrupts are on: after the spinlock with its spin_unlock_irqrestore, or from a \
      workqueue.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 8192, "flag": "GFP_KERNEL", \
      "dma_handle": "0x3e00000", "ret": "0xffff000003e00000"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 8192, "cpu_addr": "0xffff000003e00000", \
      "dma_handle": "0x3e00000", "context": "irqs_off"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 8192, "flag": "GFP_KERNEL", \
      "dma_handle": "0x3e00000", "ret": "0xffff000003e00000"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 8192, "cpu_addr": "0xffff000003e00000", \
      "dma_handle": "0x3e00000", "context": "softirq"}
      """)

  static let freeSizeMismatch = Rule(
    number: 602, name: "free-size-mismatch", severity: .error,
    title: "Memory is freed with another size than it was allocated with.",
    demand: """
      Coherent memory is freed with the size that it was allocated with (Documentation/core-api/dma-\
      api.rst, Part Ia). With another, pages are given back that are still in use, or never.
      """,
    fix: """
      Keep the size beside the CPU address and the handle, or compute both from one constant.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 8192, "flag": "GFP_KERNEL", \
      "dma_handle": "0x3e00000", "ret": "0xffff000003e00000"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 4096, "cpu_addr": "0xffff000003e00000", \
      "dma_handle": "0x3e00000"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 8192, "flag": "GFP_KERNEL", \
      "dma_handle": "0x3e00000", "ret": "0xffff000003e00000"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 8192, "cpu_addr": "0xffff000003e00000", \
      "dma_handle": "0x3e00000"}
      """)

  static let freeCPUAddressMismatch = Rule(
    number: 603, name: "free-cpu-address-mismatch", severity: .error,
    title: "Memory is freed with another CPU address than it was allocated with.",
    demand: """
      Coherent memory is freed with the CPU address and the handle that one and the same allocation \
      returned (Documentation/core-api/dma-api.rst, Part Ia).
      """,
    fix: """
      Keep the CPU address as it was returned: do not free with a pointer that has moved on through the \
      block.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 8192, "flag": "GFP_KERNEL", \
      "dma_handle": "0x3e00000", "ret": "0xffff000003e00000"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 8192, "cpu_addr": "0xffff000003e00040", \
      "dma_handle": "0x3e00000"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 8192, "flag": "GFP_KERNEL", \
      "dma_handle": "0x3e00000", "ret": "0xffff000003e00000"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 8192, "cpu_addr": "0xffff000003e00000", \
      "dma_handle": "0x3e00000"}
      """)

  static let freeNotAllocated = Rule(
    number: 604, name: "free-not-allocated", severity: .error,
    title: "Something is freed that is not allocated.",
    demand: """
      What is freed must have been allocated for the same device (Documentation/core-api/dma-api.rst, Part \
      Ia). A free of a null pointer does nothing and is legal.
      """,
    fix: """
      Free only what was allocated, with the handle that dma_alloc_coherent stored; clear both when they \
      are freed, and check them on error paths.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 8192, "cpu_addr": "0xffff000003e00000", \
      "dma_handle": "0x3e00000"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 8192, "cpu_addr": "0x0", "dma_handle": "0x0"}
      """)

  static let doubleFree = Rule(
    number: 605, name: "double-free", severity: .error,
    title: "Memory is freed a second time.",
    demand: """
      Coherent memory is freed once (Documentation/core-api/dma-api.rst, Part Ia). A second free takes \
      away memory that someone else may have got meanwhile.
      """,
    fix: """
      Look at who frees on the error path and again in remove; clear the pointer after the free, or leave \
      freeing to devres (dmam_alloc_coherent).
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 8192, "flag": "GFP_KERNEL", \
      "dma_handle": "0x3e00000", "ret": "0xffff000003e00000"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 8192, "cpu_addr": "0xffff000003e00000", \
      "dma_handle": "0x3e00000"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 8192, "cpu_addr": "0xffff000003e00000", \
      "dma_handle": "0x3e00000"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 8192, "flag": "GFP_KERNEL", \
      "dma_handle": "0x3e00000", "ret": "0xffff000003e00000"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 8192, "cpu_addr": "0xffff000003e00000", \
      "dma_handle": "0x3e00000"}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 8192, "flag": "GFP_KERNEL", \
      "dma_handle": "0x3e00000", "ret": "0xffff000003e00000"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 8192, "cpu_addr": "0xffff000003e00000", \
      "dma_handle": "0x3e00000"}
      """)

  static let sleepingAllocationInAtomic = Rule(
    number: 606, name: "sleeping-allocation-in-atomic", severity: .error,
    title: "An allocation that may sleep is made where sleeping is forbidden.",
    demand: """
      An allocation with flags that may sleep (GFP_KERNEL) must not be made in an interrupt, in a soft \
      interrupt, or with interrupts off (Documentation/core-api/memory-allocation.rst).
      """,
    fix: """
      Allocate ahead, where sleeping is allowed, usually in probe; or pass GFP_ATOMIC, which draws on a \
      small pool.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 8192, "flag": "GFP_KERNEL", \
      "dma_handle": "0x3e00000", "ret": "0xffff000003e00000", "context": "irqs_off"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 8192, "cpu_addr": "0xffff000003e00000", \
      "dma_handle": "0x3e00000"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 8192, "flag": "GFP_ATOMIC", \
      "dma_handle": "0x3e00000", "ret": "0xffff000003e00000", "context": "irqs_off"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 8192, "cpu_addr": "0xffff000003e00000", \
      "dma_handle": "0x3e00000"}
      """)

  static let smallCoherentAllocations = Rule(
    number: 607, name: "small-coherent-allocations", severity: .hint,
    title: "Blocks much smaller than a page are allocated one by one.",
    demand: """
      dma_alloc_coherent gives out whole pages, however little is asked for (Documentation/core-api/dma-\
      api.rst, Part Ia); pools are there for many small blocks (Part Ib).
      """,
    fix: """
      Create a dma_pool of that block size and alignment, or allocate one array for all the blocks.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 64, "flag": "GFP_KERNEL", \
      "dma_handle": "0x3e00000", "ret": "0xffff000003e00000"}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 64, "flag": "GFP_KERNEL", \
      "dma_handle": "0x3e01000", "ret": "0xffff000003e01000"}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 64, "flag": "GFP_KERNEL", \
      "dma_handle": "0x3e02000", "ret": "0xffff000003e02000"}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 64, "flag": "GFP_KERNEL", \
      "dma_handle": "0x3e03000", "ret": "0xffff000003e03000"}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 64, "flag": "GFP_KERNEL", \
      "dma_handle": "0x3e04000", "ret": "0xffff000003e04000"}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 64, "flag": "GFP_KERNEL", \
      "dma_handle": "0x3e05000", "ret": "0xffff000003e05000"}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 64, "flag": "GFP_KERNEL", \
      "dma_handle": "0x3e06000", "ret": "0xffff000003e06000"}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 64, "flag": "GFP_KERNEL", \
      "dma_handle": "0x3e07000", "ret": "0xffff000003e07000"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 64, "cpu_addr": "0xffff000003e00000", \
      "dma_handle": "0x3e00000"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 64, "cpu_addr": "0xffff000003e01000", \
      "dma_handle": "0x3e01000"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 64, "cpu_addr": "0xffff000003e02000", \
      "dma_handle": "0x3e02000"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 64, "cpu_addr": "0xffff000003e03000", \
      "dma_handle": "0x3e03000"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 64, "cpu_addr": "0xffff000003e04000", \
      "dma_handle": "0x3e04000"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 64, "cpu_addr": "0xffff000003e05000", \
      "dma_handle": "0x3e05000"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 64, "cpu_addr": "0xffff000003e06000", \
      "dma_handle": "0x3e06000"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 64, "cpu_addr": "0xffff000003e07000", \
      "dma_handle": "0x3e07000"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 64, "flag": "GFP_KERNEL", \
      "dma_handle": "0x3e00000", "ret": "0xffff000003e00000"}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 64, "flag": "GFP_KERNEL", \
      "dma_handle": "0x3e01000", "ret": "0xffff000003e01000"}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 64, "flag": "GFP_KERNEL", \
      "dma_handle": "0x3e02000", "ret": "0xffff000003e02000"}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 64, "flag": "GFP_KERNEL", \
      "dma_handle": "0x3e03000", "ret": "0xffff000003e03000"}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 64, "flag": "GFP_KERNEL", \
      "dma_handle": "0x3e04000", "ret": "0xffff000003e04000"}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 64, "flag": "GFP_KERNEL", \
      "dma_handle": "0x3e05000", "ret": "0xffff000003e05000"}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 64, "flag": "GFP_KERNEL", \
      "dma_handle": "0x3e06000", "ret": "0xffff000003e06000"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 64, "cpu_addr": "0xffff000003e00000", \
      "dma_handle": "0x3e00000"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 64, "cpu_addr": "0xffff000003e01000", \
      "dma_handle": "0x3e01000"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 64, "cpu_addr": "0xffff000003e02000", \
      "dma_handle": "0x3e02000"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 64, "cpu_addr": "0xffff000003e03000", \
      "dma_handle": "0x3e03000"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 64, "cpu_addr": "0xffff000003e04000", \
      "dma_handle": "0x3e04000"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 64, "cpu_addr": "0xffff000003e05000", \
      "dma_handle": "0x3e05000"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 64, "cpu_addr": "0xffff000003e06000", \
      "dma_handle": "0x3e06000"}
      """)

  static let cacheSyncNotAllocated = Rule(
    number: 608, name: "cache-sync-not-allocated", severity: .error,
    title: "dma_cache_sync is called for memory that was not allocated as non-coherent.",
    demand: """
      dma_cache_sync is for memory of dma_alloc_noncoherent, or of dma_alloc_attrs with \
      DMA_ATTR_NON_CONSISTENT, and must stay within one block of it \
      (Documentation/DMA-API.txt, later core-api/dma-api.rst, up to Linux 5.9).
      """,
    fix: """
      Use dma_sync_single_for_device for streaming mappings, and nothing for coherent memory; for non-\
      coherent memory pass the CPU address and the part of the block that is in use.
      """,
    example: """
      {"trace": {"kernel": "4.9.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_alloc_noncoherent", "dev": "0000:00:04.0", "size": 4096, "dma_handle": "0x3e00000", \
      "flag": "GFP_KERNEL", "dir": "BIDIRECTIONAL", "ret": "0xffff000003e00000"}
      {"call": "dma_cache_sync", "dev": "0000:00:04.0", "vaddr": "0xffff000003e01000", "size": 64, "dir": "TO_DEVICE"}
      {"call": "dma_free_noncoherent", "dev": "0000:00:04.0", "size": 4096, "vaddr": "0xffff000003e00000", \
      "dma_handle": "0x3e00000", "dir": "BIDIRECTIONAL"}
      """,
    counterExample: """
      {"trace": {"kernel": "4.9.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_alloc_noncoherent", "dev": "0000:00:04.0", "size": 4096, "dma_handle": "0x3e00000", \
      "flag": "GFP_KERNEL", "dir": "BIDIRECTIONAL", "ret": "0xffff000003e00000"}
      {"call": "dma_cache_sync", "dev": "0000:00:04.0", "vaddr": "0xffff000003e00fc0", "size": 64, "dir": "TO_DEVICE"}
      {"call": "dma_free_noncoherent", "dev": "0000:00:04.0", "size": 4096, "vaddr": "0xffff000003e00000", \
      "dma_handle": "0x3e00000", "dir": "BIDIRECTIONAL"}
      """)

  static let cacheAlignmentNotPowerOfTwo = Rule(
    number: 609, name: "cache-alignment-not-power-of-two", severity: .error,
    title: "The width of a cache line is reported as no power of two.",
    demand: """
      dma_get_cache_alignment returns the width of the widest cache line, a power of two, by which drivers \
      align what they map (Documentation/core-api/dma-api.rst, Part II).
      """,
    fix: """
      Correct the architecture's ARCH_DMA_MINALIGN, or the line size that the firmware reports: every \
      driver that rounds by it goes wrong.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_get_cache_alignment", "ret": 96}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_get_cache_alignment", "ret": 128}
      """)
}
