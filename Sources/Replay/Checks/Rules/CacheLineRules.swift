// Cache lines that two owners share.
extension Rule {
  static let cacheLineRules: [Rule] = [
    cacheLineShared, cacheLinePartial, mappingsOverlap,
  ]

  static let cacheLineShared = Rule(
    number: 401, name: "cache-line-shared", severity: .warning,
    title: "A mapping that the device writes shares a cache line with another live mapping.",
    demand: """
      A mapped region must begin and end on a cache line, so that no two regions that are mapped separately \
      share one (Documentation/core-api/dma-api.rst, Part Id). Without coherent caches, what is done to the \
      line for one of them destroys what the device wrote to the other; for a coherent device it is a hint \
      only.
      """,
    fix: """
      Give each buffer lines of its own: allocate it with kmalloc by itself, or align it and pad its size to \
      dma_get_cache_alignment() bytes. Within a structure, mark what the device writes and what follows as \
      ____cacheline_aligned.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "phys_addr": "0x3e00000", "size": 32, \
      "dir": "TO_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "phys_addr": "0x3e00020", "size": 64, \
      "dir": "FROM_DEVICE", "ret": "0x3e00020"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 32, "dir": "TO_DEVICE"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00020", "size": 64, "dir": "FROM_DEVICE"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "phys_addr": "0x3e00000", "size": 32, \
      "dir": "TO_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "phys_addr": "0x3e00040", "size": 64, \
      "dir": "FROM_DEVICE", "ret": "0x3e00040"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 32, "dir": "TO_DEVICE"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00040", "size": 64, "dir": "FROM_DEVICE"}
      """)

  static let cacheLinePartial = Rule(
    number: 402, name: "cache-line-partial", severity: .hint,
    title: "A mapping that a non-coherent device writes begins or ends within a cache line.",
    demand: """
      A mapped region must begin exactly on a cache line and end exactly on one \
      (Documentation/core-api/dma-api.rst, Part Id). What the CPU writes to the rest of the line while the \
      device owns the region may be lost, or overwrite what the device wrote, when the line is invalidated \
      or written back.
      """,
    fix: """
      Map whole cache lines: align the buffer and round its size up to dma_get_cache_alignment() bytes. \
      kmalloc does both for memory that is allocated by itself.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "phys_addr": "0x3e00000", "size": 100, \
      "dir": "FROM_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 100, "dir": "FROM_DEVICE"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "phys_addr": "0x3e00000", "size": 128, \
      "dir": "FROM_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 128, "dir": "FROM_DEVICE"}
      """)

  static let mappingsOverlap = Rule(
    number: 403, name: "mappings-overlap", severity: .warning,
    title: "Two live mappings of a device overlap, and the device writes.",
    demand: """
      A mapped region belongs to the device until it is unmapped or synced for the CPU, and overlapping \
      mappings are not supported if the device writes through one of them (kernel/dma/debug.c, \
      add_dma_entry): the unmap of one invalidates what the other still uses. Memory that devices only read \
      may be mapped more than once.
      """,
    fix: """
      Unmap the memory before it is mapped again, or map it once and sync its parts. Where the device only \
      reads, map TO_DEVICE.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "phys_addr": "0x3e00000", "size": 4096, \
      "dir": "FROM_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "phys_addr": "0x3e00800", "size": 2048, \
      "dir": "FROM_DEVICE", "ret": "0x3e00800"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 4096, "dir": "FROM_DEVICE"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00800", "size": 2048, "dir": "FROM_DEVICE"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "phys_addr": "0x3e00000", "size": 4096, \
      "dir": "TO_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "phys_addr": "0x3e00800", "size": 2048, \
      "dir": "TO_DEVICE", "ret": "0x3e00800"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 4096, "dir": "TO_DEVICE"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00800", "size": 2048, "dir": "TO_DEVICE"}
      """)
}
