// Syncs: who owns the memory, and how much of it.
extension Rule {
  static let syncRules: [Rule] = [
    syncNotMapped, syncBeyondMapping, syncDirectionMismatch, syncReadOnlyForCPU, syncWriteOnlyForDevice,
    syncScatterlistCount, syncOffCacheLine, syncRepeated, syncOneSided,
  ]

  static let syncNotMapped = Rule(
    number: 301, name: "sync-not-mapped", severity: .error,
    title: "Something is synced that is not mapped.",
    demand: """
      A sync hands memory back and forth within the life of a mapping: it comes between the map and the \
      unmap (Documentation/core-api/dma-api-howto.rst, "Using Streaming DMA mappings"). After the unmap the \
      address may be that of another mapping, or of none.
      """,
    fix: """
      Sync before the unmap, or leave the sync out: the unmap hands the memory to the CPU by itself. Sync \
      the address that the map returned, or one inside the mapping.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "FROM_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, "dir": "FROM_DEVICE"}
      {"call": "dma_sync_single_for_cpu", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, \
      "dir": "FROM_DEVICE"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "FROM_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_sync_single_for_cpu", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, \
      "dir": "FROM_DEVICE"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, "dir": "FROM_DEVICE"}
      """)

  static let syncBeyondMapping = Rule(
    number: 302, name: "sync-beyond-mapping", severity: .error,
    title: "A sync reaches beyond the end of the mapping.",
    demand: """
      A sync may cover a part of a mapping (Documentation/core-api/dma-api.rst, Part Id), but no more than \
      the mapping: the kernel's checker reports a sync outside of the mapped range (kernel/dma/debug.c, \
      check_sync). What lies behind belongs to someone else, and invalidating its cache lines loses what was \
      written there.
      """,
    fix: """
      Sync at most the mapped length less the offset. Do not trust a length that the device reports: limit \
      it to that of the buffer.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 1536, "dir": "FROM_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_sync_single_for_cpu", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, \
      "dir": "FROM_DEVICE"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 1536, "dir": "FROM_DEVICE"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 1536, "dir": "FROM_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_sync_single_for_cpu", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 1536, \
      "dir": "FROM_DEVICE"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 1536, "dir": "FROM_DEVICE"}
      """)

  static let syncDirectionMismatch = Rule(
    number: 303, name: "sync-direction-mismatch", severity: .error,
    title: "A mapping is synced with another direction than it was mapped with.",
    demand: """
      Memory is synced with the direction that it was mapped with; only memory that is mapped BIDIRECTIONAL \
      may be synced with another (kernel/dma/debug.c, check_sync). The direction decides what is done to the \
      caches: here the CPU may read old data, since nothing is invalidated.
      """,
    fix: """
      Sync with the direction of the map, for the CPU and for the device alike: the direction tells where \
      the data go in the transfer, not who gets the memory.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "FROM_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_sync_single_for_cpu", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, \
      "dir": "TO_DEVICE"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, "dir": "FROM_DEVICE"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "FROM_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_sync_single_for_cpu", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, \
      "dir": "FROM_DEVICE"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, "dir": "FROM_DEVICE"}
      """)

  static let syncReadOnlyForCPU = Rule(
    number: 304, name: "sync-read-only-for-cpu", severity: .error,
    title: "Memory that the device only reads is synced for the CPU as if the device had written it.",
    demand: """
      Memory that is mapped TO_DEVICE is only read by the device; if the device may write to it at any \
      point, it must be mapped BIDIRECTIONAL (Documentation/core-api/dma-api.rst, Part Id). There is nothing \
      that a sync could show the CPU, and it may throw away what the CPU wrote (kernel/dma/debug.c, \
      check_sync).
      """,
    fix: """
      If the device writes to the memory, map it BIDIRECTIONAL. If it does not, sync TO_DEVICE or leave the \
      sync for the CPU out.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "TO_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_sync_single_for_cpu", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, \
      "dir": "FROM_DEVICE"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, "dir": "TO_DEVICE"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "BIDIRECTIONAL", "ret": "0x3e00000"}
      {"call": "dma_sync_single_for_cpu", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, \
      "dir": "FROM_DEVICE"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, "dir": "BIDIRECTIONAL"}
      """)

  static let syncWriteOnlyForDevice = Rule(
    number: 305, name: "sync-write-only-for-device", severity: .error,
    title: "Memory that the device only writes is synced for the device as if the CPU had written it.",
    demand: """
      Memory that is mapped FROM_DEVICE is only written by the device, and the driver treats it as \
      read-only; if the driver needs to write to it, it must be mapped BIDIRECTIONAL \
      (Documentation/core-api/dma-api.rst, Part Id). The device is not promised to see what the CPU wrote \
      (kernel/dma/debug.c, check_sync).
      """,
    fix: """
      If the device reads what the driver writes there, map the memory BIDIRECTIONAL. If the buffer is only \
      given back to be filled again, sync FROM_DEVICE.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "FROM_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_sync_single_for_device", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, \
      "dir": "TO_DEVICE"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, "dir": "FROM_DEVICE"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "FROM_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_sync_single_for_device", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, \
      "dir": "FROM_DEVICE"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, "dir": "FROM_DEVICE"}
      """)

  static let syncScatterlistCount = Rule(
    number: 306, name: "sync-scatterlist-count", severity: .error,
    title: "A scatterlist is synced with another number of entries than was passed to the map.",
    demand: """
      The nents of dma_sync_sg_for_cpu and dma_sync_sg_for_device must be the number that was passed to \
      dma_map_sg, and not the number that dma_map_sg returned (Documentation/core-api/dma-api-howto.rst, \
      "Using Streaming DMA mappings"). With another one some of the memory keeps its old owner.
      """,
    fix: """
      Keep the number that was passed to dma_map_sg, and sync with it. To sync a part of the memory, sync \
      its entries one by one with dma_sync_single_for_cpu.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_map_sg", "dev": "0000:00:04.0", "nents": 2, "phys_addrs": ["0x3e00000", "0x3e08000"], \
      "dma_addrs": ["0x3e00000", "0x3e08000"], "lengths": [4096, 4096], "dir": "FROM_DEVICE", "ret": 2}
      {"call": "dma_sync_sg_for_cpu", "dev": "0000:00:04.0", "nents": 1, "dma_addrs": ["0x3e00000"], \
      "lengths": [4096], "dir": "FROM_DEVICE"}
      {"call": "dma_unmap_sg", "dev": "0000:00:04.0", "nents": 2, "phys_addrs": ["0x3e00000", "0x3e08000"], \
      "dir": "FROM_DEVICE"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_map_sg", "dev": "0000:00:04.0", "nents": 2, "phys_addrs": ["0x3e00000", "0x3e08000"], \
      "dma_addrs": ["0x3e00000", "0x3e08000"], "lengths": [4096, 4096], "dir": "FROM_DEVICE", "ret": 2}
      {"call": "dma_sync_sg_for_cpu", "dev": "0000:00:04.0", "nents": 2, \
      "dma_addrs": ["0x3e00000", "0x3e08000"], "lengths": [4096, 4096], "dir": "FROM_DEVICE"}
      {"call": "dma_unmap_sg", "dev": "0000:00:04.0", "nents": 2, "phys_addrs": ["0x3e00000", "0x3e08000"], \
      "dir": "FROM_DEVICE"}
      """)

  static let syncOffCacheLine = Rule(
    number: 307, name: "sync-off-cache-line", severity: .hint,
    title: "A sync of a part of a mapping begins or ends within a cache line.",
    demand: """
      The cache line is the least alignment and width of a partial sync (Documentation/core-api/dma-api.rst, \
      dma_get_cache_alignment). Where caches are maintained by line, a sync that cuts one affects the rest \
      of the line as well, which may still be the device's.
      """,
    fix: """
      Round the range out to whole lines of dma_get_cache_alignment() bytes, and give each part of a buffer \
      that is synced by itself lines of its own.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "FROM_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_sync_single_for_cpu", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 100, \
      "dir": "FROM_DEVICE"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, "dir": "FROM_DEVICE"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "FROM_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_sync_single_for_cpu", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 128, \
      "dir": "FROM_DEVICE"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, "dir": "FROM_DEVICE"}
      """)

  static let syncRepeated = Rule(
    number: 308, name: "sync-repeated", severity: .hint,
    title: "The same memory is synced twice in a row for the same owner.",
    demand: """
      A sync for the CPU and one for the device hand the memory over in turns \
      (Documentation/core-api/dma-api-howto.rst, "Using Streaming DMA mappings"). A second one in a row \
      changes nothing: it costs its cache maintenance or bounce copy again, or shows that the sync in \
      between was forgotten.
      """,
    fix: """
      Sync once after each transfer. If the device got the memory back in between, sync for the device \
      before that.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "FROM_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_sync_single_for_cpu", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, \
      "dir": "FROM_DEVICE"}
      {"call": "dma_sync_single_for_cpu", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, \
      "dir": "FROM_DEVICE"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, "dir": "FROM_DEVICE"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "FROM_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_sync_single_for_cpu", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, \
      "dir": "FROM_DEVICE"}
      {"call": "dma_sync_single_for_device", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, \
      "dir": "FROM_DEVICE"}
      {"call": "dma_sync_single_for_cpu", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, \
      "dir": "FROM_DEVICE"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, "dir": "FROM_DEVICE"}
      """)

  static let syncOneSided = Rule(
    number: 309, name: "sync-one-sided", severity: .hint,
    title: "Bidirectional memory is synced again and again for one side only.",
    demand: """
      Bidirectional memory must always be synced twice: before it is handed to the device, and before the \
      CPU looks at what the device may have changed (Documentation/core-api/dma-api.rst, Part Id). Syncs for \
      one side only leave the other with old data.
      """,
    fix: """
      Pair each dma_sync_single_for_cpu with a dma_sync_single_for_device before the device gets the memory \
      back. If data go only one way, map with that direction.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 4096, "dir": "BIDIRECTIONAL", "ret": "0x3e00000"}
      {"call": "dma_sync_single_for_cpu", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, \
      "dir": "BIDIRECTIONAL"}
      {"call": "dma_sync_single_for_cpu", "dev": "0000:00:04.0", "dma_addr": "0x3e00800", "size": 2048, \
      "dir": "BIDIRECTIONAL"}
      {"call": "dma_sync_single_for_cpu", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, \
      "dir": "BIDIRECTIONAL"}
      {"call": "dma_sync_single_for_cpu", "dev": "0000:00:04.0", "dma_addr": "0x3e00800", "size": 2048, \
      "dir": "BIDIRECTIONAL"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 4096, "dir": "BIDIRECTIONAL"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 4096, "dir": "BIDIRECTIONAL", "ret": "0x3e00000"}
      {"call": "dma_sync_single_for_cpu", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, \
      "dir": "BIDIRECTIONAL"}
      {"call": "dma_sync_single_for_device", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, \
      "dir": "BIDIRECTIONAL"}
      {"call": "dma_sync_single_for_cpu", "dev": "0000:00:04.0", "dma_addr": "0x3e00800", "size": 2048, \
      "dir": "BIDIRECTIONAL"}
      {"call": "dma_sync_single_for_device", "dev": "0000:00:04.0", "dma_addr": "0x3e00800", "size": 2048, \
      "dir": "BIDIRECTIONAL"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 4096, "dir": "BIDIRECTIONAL"}
      """)
}
