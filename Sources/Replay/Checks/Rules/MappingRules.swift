// Streaming mappings and scatterlists: results, releases, leaks.
extension Rule {
  static let mappingRules: [Rule] = [
    unmapNotMapped, doubleUnmap, unmapSizeMismatch, unmapDirectionMismatch, unmapAttributesMismatch,
    releaseWrongFunction, unmapWrongDevice, scatterlistCountMismatch, scatterlistMappedTwice,
    errorAddressUsed, mappingErrorUnchecked, leakAtUnbind, liveAtEnd, iommuPageFault,
  ]

  static let unmapNotMapped = Rule(
    number: 201, name: "unmap-not-mapped", severity: .error,
    title: "Something is unmapped that is not mapped.",
    demand: """
      dma_unmap_single takes a region that dma_map_single mapped before, with every parameter the same as \
      was passed to the map or came from it, the DMA address included (Documentation/core-api/dma-api.rst, \
      Part Id). An address inside a mapping, or a physical or virtual address, is none of these.
      """,
    fix: """
      Unmap the very address that the map returned: keep it beside the buffer, with DEFINE_DMA_UNMAP_ADDR, \
      and clear it where the buffer has no mapping. Skip slots that were never filled.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "FROM_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, "dir": "FROM_DEVICE"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e01000", "size": 2048, "dir": "FROM_DEVICE"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "FROM_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, "dir": "FROM_DEVICE"}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "FROM_DEVICE", "ret": "0x3e01000"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e01000", "size": 2048, "dir": "FROM_DEVICE"}
      """)

  static let doubleUnmap = Rule(
    number: 202, name: "double-unmap", severity: .error,
    title: "A mapping is unmapped a second time.",
    demand: """
      Every map has one unmap as its counterpart (Documentation/core-api/dma-api-howto.rst, "Using Streaming \
      DMA mappings"). After it the address no longer belongs to the driver: behind an IOMMU it may already \
      be that of another mapping, which a second unmap tears down.
      """,
    fix: """
      Unmap at one place, and mark the buffer as unmapped there, under the lock that the other paths take: \
      usually an error path or a timeout cleans up what the completion has released already.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "FROM_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, \
      "dir": "FROM_DEVICE", "pid": 118, "task": "irq/44-nvme0q1"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, \
      "dir": "FROM_DEVICE", "pid": 70, "task": "kworker/0:2"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "FROM_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, \
      "dir": "FROM_DEVICE", "pid": 118, "task": "irq/44-nvme0q1"}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "FROM_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, \
      "dir": "FROM_DEVICE", "pid": 70, "task": "kworker/0:2"}
      """)

  static let unmapSizeMismatch = Rule(
    number: 203, name: "unmap-size-mismatch", severity: .error,
    title: "A mapping is unmapped with another size than it was mapped with.",
    demand: """
      All parameters of dma_unmap_single must be those that were passed to dma_map_single, the size included \
      (Documentation/core-api/dma-api.rst, Part Id). A smaller size leaves the rest mapped, or stale in the \
      cache; a larger one tears down what lies behind.
      """,
    fix: """
      Keep the mapped length beside the DMA address, with DEFINE_DMA_UNMAP_LEN, and unmap with it: not with \
      the length that the device received.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "TO_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 1024, "dir": "TO_DEVICE"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "TO_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, "dir": "TO_DEVICE"}
      """)

  static let unmapDirectionMismatch = Rule(
    number: 204, name: "unmap-direction-mismatch", severity: .error,
    title: "A mapping is unmapped with another direction than it was mapped with.",
    demand: """
      All parameters of dma_unmap_single must be those that were passed to dma_map_single, the direction \
      included (Documentation/core-api/dma-api.rst, Part Id); the same holds for scatterlists. The direction \
      decides whether caches are invalidated and bounce buffers copied back: with the wrong one the CPU may \
      read old data.
      """,
    fix: """
      Unmap with the direction of the map. Where one function unmaps both kinds of buffers, keep the \
      direction with the buffer.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "FROM_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, "dir": "TO_DEVICE"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "FROM_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, "dir": "FROM_DEVICE"}
      """)

  static let unmapAttributesMismatch = Rule(
    number: 205, name: "unmap-attributes-mismatch", severity: .warning,
    title: "A mapping is unmapped with other attributes than it was mapped with.",
    demand: """
      The _attrs functions are like their counterparts without the suffix \
      (Documentation/core-api/dma-api.rst, Part Id), so the attributes too must be the same at both ends. \
      What they mean is up to the architecture, which looks at them in the map and in the unmap. \
      DMA_ATTR_SKIP_CPU_SYNC and DMA_ATTR_NO_WARN concern one call only and may differ.
      """,
    fix: "Pass the same attributes to the unmap as to the map; keep them in one constant for both.",
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_map_single_attrs", "dev": "0000:00:04.0", "size": 4096, "dir": "FROM_DEVICE", \
      "attrs": "WEAK_ORDERING", "ret": "0x3e00000"}
      {"call": "dma_unmap_single_attrs", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 4096, \
      "dir": "FROM_DEVICE"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_map_single_attrs", "dev": "0000:00:04.0", "size": 4096, "dir": "FROM_DEVICE", \
      "attrs": "WEAK_ORDERING", "ret": "0x3e00000"}
      {"call": "dma_unmap_single_attrs", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 4096, \
      "dir": "FROM_DEVICE", "attrs": "WEAK_ORDERING|SKIP_CPU_SYNC"}
      """)

  static let releaseWrongFunction = Rule(
    number: 206, name: "release-wrong-function", severity: .error,
    title: "Something is released with a function that does not belong to the one that made it.",
    demand: """
      DMA addresses must be released with the function that corresponds to the one that made them \
      (Documentation/core-api/dma-api.rst, Part III): dma_unmap_single and dma_unmap_page for single \
      mappings, dma_unmap_sg for scatterlists, dma_unmap_resource for resources, dma_free_coherent for \
      coherent memory.
      """,
    fix: """
      Release it with the counterpart of the function that made it. Where a buffer may be of several kinds, \
      keep the kind with it.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 4096, "flag": "GFP_KERNEL", \
      "dma_handle": "0x3e00000", "ret": "0xffff800011c40000"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 4096, "dir": "BIDIRECTIONAL"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 4096, "flag": "GFP_KERNEL", \
      "dma_handle": "0x3e00000", "ret": "0xffff800011c40000"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 4096, "vaddr": "0xffff800011c40000", \
      "dma_handle": "0x3e00000"}
      """)

  static let unmapWrongDevice = Rule(
    number: 207, name: "unmap-wrong-device", severity: .error,
    title: "A mapping of one device is unmapped for another.",
    demand: """
      All parameters of dma_unmap_single must be those that were passed to dma_map_single, the device \
      included (Documentation/core-api/dma-api.rst, Part Id). Each device may have its own IOMMU domain, \
      offset and coherence: for another one the address means something else.
      """,
    fix: """
      Keep the device that the buffer was mapped for beside its DMA address, and unmap for it. Memory that \
      two devices use is mapped for each of them.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "TO_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.1", "dma_addr": "0x3e00000", "size": 2048, "dir": "TO_DEVICE"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, "dir": "TO_DEVICE"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "TO_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_map_single", "dev": "0000:00:04.1", "size": 2048, "dir": "TO_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.1", "dma_addr": "0x3e00000", "size": 2048, "dir": "TO_DEVICE"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, "dir": "TO_DEVICE"}
      """)

  static let scatterlistCountMismatch = Rule(
    number: 208, name: "scatterlist-count-mismatch", severity: .error,
    title: "A scatterlist is unmapped with another number of entries than was passed to the map.",
    demand: """
      The nents of dma_unmap_sg must be the number that was passed to dma_map_sg, and not the number that \
      dma_map_sg returned (Documentation/core-api/dma-api.rst, Part Id): an IOMMU may have joined entries, \
      and the unmap goes over the original ones.
      """,
    fix: """
      Keep both numbers: program the device with what dma_map_sg returned, unmap with what was passed. A \
      struct sg_table with dma_map_sgtable and dma_unmap_sgtable does so by itself.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_map_sg", "dev": "0000:00:04.0", "nents": 3, \
      "phys_addrs": ["0x81200000", "0x81201000", "0x81202000"], "dma_addrs": ["0xfffd0000"], \
      "lengths": [12288], "dir": "FROM_DEVICE", "ret": 1}
      {"call": "dma_unmap_sg", "dev": "0000:00:04.0", "nents": 1, "phys_addrs": ["0x81200000"], "dir": "FROM_DEVICE"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_map_sg", "dev": "0000:00:04.0", "nents": 3, \
      "phys_addrs": ["0x81200000", "0x81201000", "0x81202000"], "dma_addrs": ["0xfffd0000"], \
      "lengths": [12288], "dir": "FROM_DEVICE", "ret": 1}
      {"call": "dma_unmap_sg", "dev": "0000:00:04.0", "nents": 3, \
      "phys_addrs": ["0x81200000", "0x81201000", "0x81202000"], "dir": "FROM_DEVICE"}
      """)

  static let scatterlistMappedTwice = Rule(
    number: 209, name: "scatterlist-mapped-twice", severity: .warning,
    title: "A scatterlist is mapped again while it is mapped.",
    demand: """
      A scatterlist cannot be mapped again once it is mapped (Documentation/core-api/dma-api.rst, Part Id): \
      the map writes DMA addresses into the list, those of the first mapping are lost, and nothing can unmap \
      it.
      """,
    fix: """
      Unmap the list before it is mapped again, in retries and error paths as well. Where two users need the \
      same memory, give each a list of its own.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_map_sg", "dev": "0000:00:04.0", "sg": "0xffff000003c10000", "nents": 2, \
      "phys_addrs": ["0x3e00000", "0x3e08000"], "dma_addrs": ["0x3e00000", "0x3e08000"], \
      "lengths": [4096, 4096], "dir": "TO_DEVICE", "ret": 2}
      {"call": "dma_map_sg", "dev": "0000:00:04.0", "sg": "0xffff000003c10000", "nents": 2, \
      "phys_addrs": ["0x3e00000", "0x3e08000"], "dma_addrs": ["0x3e00000", "0x3e08000"], \
      "lengths": [4096, 4096], "dir": "TO_DEVICE", "ret": 2}
      {"call": "dma_unmap_sg", "dev": "0000:00:04.0", "sg": "0xffff000003c10000", "nents": 2, \
      "phys_addrs": ["0x3e00000", "0x3e08000"], "dir": "TO_DEVICE"}
      {"call": "dma_unmap_sg", "dev": "0000:00:04.0", "sg": "0xffff000003c10000", "nents": 2, \
      "phys_addrs": ["0x3e00000", "0x3e08000"], "dir": "TO_DEVICE"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_map_sg", "dev": "0000:00:04.0", "sg": "0xffff000003c10000", "nents": 2, \
      "phys_addrs": ["0x3e00000", "0x3e08000"], "dma_addrs": ["0x3e00000", "0x3e08000"], \
      "lengths": [4096, 4096], "dir": "TO_DEVICE", "ret": 2}
      {"call": "dma_unmap_sg", "dev": "0000:00:04.0", "sg": "0xffff000003c10000", "nents": 2, \
      "phys_addrs": ["0x3e00000", "0x3e08000"], "dir": "TO_DEVICE"}
      {"call": "dma_map_sg", "dev": "0000:00:04.0", "sg": "0xffff000003c10000", "nents": 2, \
      "phys_addrs": ["0x3e00000", "0x3e08000"], "dma_addrs": ["0x3e00000", "0x3e08000"], \
      "lengths": [4096, 4096], "dir": "TO_DEVICE", "ret": 2}
      {"call": "dma_unmap_sg", "dev": "0000:00:04.0", "sg": "0xffff000003c10000", "nents": 2, \
      "phys_addrs": ["0x3e00000", "0x3e08000"], "dir": "TO_DEVICE"}
      """)

  static let errorAddressUsed = Rule(
    number: 210, name: "error-address-used", severity: .error,
    title: "The address that means a failed mapping is used as if it were one.",
    demand: """
      A map can fail, and what it returns then is no address; dma_mapping_error tells \
      (Documentation/core-api/dma-api-howto.rst, "Using Streaming DMA mappings"). To use it all the same \
      ends in anything from a panic to silent corruption of data.
      """,
    fix: """
      Give the result of every map to dma_mapping_error, and on failure neither hand it to the device nor \
      sync or unmap it: error paths must release only what was mapped.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "TO_DEVICE", "ret": "0xffffffffffffffff"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0xffffffffffffffff", "size": 2048, \
      "dir": "TO_DEVICE"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "TO_DEVICE", "ret": "0xffffffffffffffff"}
      {"call": "dma_mapping_error", "dev": "0000:00:04.0", "dma_addr": "0xffffffffffffffff"}
      """)

  static let mappingErrorUnchecked = Rule(
    number: 211, name: "mapping-error-unchecked", severity: .warning,
    title: "The result of a mapping is not checked with dma_mapping_error.",
    demand: """
      A driver must give the result of dma_map_single and dma_map_page to dma_mapping_error before it is \
      used (Documentation/core-api/dma-api-howto.rst, "Using Streaming DMA mappings"). The kernel's checker \
      reports mappings that are unmapped without it (kernel/dma/debug.c, check_unmap); this one looks for \
      them once a recording shows that the function is traced.
      """,
    fix: """
      Call dma_mapping_error right after the map, and give up or try again later where it says that the map \
      failed.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "FROM_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_mapping_error", "dev": "0000:00:04.0", "dma_addr": "0x3e00000"}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "FROM_DEVICE", "ret": "0x3e01000"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, "dir": "FROM_DEVICE"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e01000", "size": 2048, "dir": "FROM_DEVICE"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "FROM_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_mapping_error", "dev": "0000:00:04.0", "dma_addr": "0x3e00000"}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "FROM_DEVICE", "ret": "0x3e01000"}
      {"call": "dma_mapping_error", "dev": "0000:00:04.0", "dma_addr": "0x3e01000"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, "dir": "FROM_DEVICE"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e01000", "size": 2048, "dir": "FROM_DEVICE"}
      """)

  static let leakAtUnbind = Rule(
    number: 212, name: "leak-at-unbind", severity: .error,
    title: "Something is still mapped or allocated when the driver lets go of the device.",
    demand: """
      Every map has its unmap, since DMA addresses are a shared resource \
      (Documentation/core-api/dma-api-howto.rst, "Using Streaming DMA mappings"), and coherent memory its \
      free. When a driver has let go of its device, nothing of it may be left; the kernel's checker looks at \
      that moment (kernel/dma/debug.c, dma_debug_device_change).
      """,
    fix: """
      In the driver's remove function and in the error paths of its probe, stop the device first, then unmap \
      its rings and buffers and free its coherent memory. dmam_alloc_coherent frees memory by itself.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 4096, "flag": "GFP_KERNEL", \
      "dma_handle": "0x3e00000", "ret": "0xffff800011c40000"}
      {"call": "driver_unbound", "dev": "0000:00:04.0", "pid": 912, "task": "rmmod"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 4096, "flag": "GFP_KERNEL", \
      "dma_handle": "0x3e00000", "ret": "0xffff800011c40000"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 4096, "vaddr": "0xffff800011c40000", \
      "dma_handle": "0x3e00000"}
      {"call": "driver_unbound", "dev": "0000:00:04.0", "pid": 912, "task": "rmmod"}
      """)

  static let liveAtEnd = Rule(
    number: 213, name: "live-at-end", severity: .hint,
    title: "Something is still mapped or allocated when the recording ends.",
    demand: """
      Every map has its unmap (Documentation/core-api/dma-api-howto.rst, "Using Streaming DMA mappings"). A \
      driver that is still at work rightly holds rings and receive buffers when the recording ends: what is \
      left is only worth a look where it is old, or more than the driver should need.
      """,
    fix: """
      Compare what is left with what the driver should hold at rest. Record on until the driver is unbound: \
      what is left then is a leak.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "FROM_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "FROM_DEVICE", "ret": "0x3e01000"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, "dir": "FROM_DEVICE"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "FROM_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "FROM_DEVICE", "ret": "0x3e01000"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, "dir": "FROM_DEVICE"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e01000", "size": 2048, "dir": "FROM_DEVICE"}
      """)

  static let iommuPageFault = Rule(
    number: 214, name: "iommu-page-fault", severity: .error,
    title: "The device reached for an address that the IOMMU does not map.",
    demand: """
      Memory may be unmapped only when the DMA activity is finished \
      (Documentation/core-api/dma-api-howto.rst, "Using Streaming DMA mappings"), and the device may use \
      only what is mapped for it, in the direction that was given. Behind an IOMMU any other access faults, \
      and without one it would have gone to memory of someone else (include/trace/events/iommu.h, \
      io_page_fault).
      """,
    fix: """
      Stop the device, or wait until it is done, before memory is unmapped. If nothing was ever mapped \
      there, see what addresses the descriptors hold: physical ones, stale ones, or beyond the end of a \
      buffer.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 4096, "dir": "FROM_DEVICE", "ret": "0xfffd0000"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0xfffd0000", "size": 4096, "dir": "FROM_DEVICE"}
      {"call": "io_page_fault", "device": "0000:00:04.0", "iova": "0xfffd0040"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 4096, "dir": "FROM_DEVICE", "ret": "0xfffd0000"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0xfffd0000", "size": 4096, "dir": "FROM_DEVICE"}
      """)
}
