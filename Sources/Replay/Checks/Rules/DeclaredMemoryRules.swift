// Memory that a driver declared for coherent allocations.
extension Rule {
  static let declaredMemoryRules: [Rule] = [
    declaredSecondRegion, declaredNotPages, declaredFlagsMismatch, declaredReleasedInUse,
    declaredRangeMarkedTwice, declaredReleaseNone,
  ]

  static let declaredSecondRegion = Rule(
    number: 801, name: "declared-second-region", severity: .error,
    title: "A second region is declared for a device that has one.",
    demand: """
      A device has one region of declared memory at most (Documentation/DMA-API.txt up to Linux 4.20, Part \
      II); a second declaration fails.
      """,
    fix: """
      Release the first region before another is declared, or declare one region that holds both.
      """,
    example: """
      {"trace": {"kernel": "4.9.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_declare_coherent_memory", "dev": "0000:00:04.0", "phys_addr": "0x90000000", \
      "device_addr": "0x90000000", "size": 65536, "flags": "MAP", "ret": 1}
      {"call": "dma_declare_coherent_memory", "dev": "0000:00:04.0", "phys_addr": "0x90010000", \
      "device_addr": "0x90010000", "size": 65536, "flags": "MAP", "ret": 0}
      {"call": "dma_release_declared_memory", "dev": "0000:00:04.0"}
      """,
    counterExample: """
      {"trace": {"kernel": "4.9.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_declare_coherent_memory", "dev": "0000:00:04.0", "phys_addr": "0x90000000", \
      "device_addr": "0x90000000", "size": 65536, "flags": "MAP", "ret": 1}
      {"call": "dma_release_declared_memory", "dev": "0000:00:04.0"}
      {"call": "dma_declare_coherent_memory", "dev": "0000:00:04.0", "phys_addr": "0x90010000", \
      "device_addr": "0x90010000", "size": 65536, "flags": "MAP", "ret": 1}
      {"call": "dma_release_declared_memory", "dev": "0000:00:04.0"}
      """)

  static let declaredNotPages = Rule(
    number: 802, name: "declared-not-pages", severity: .warning,
    title: "A region is declared or marked whose size is not whole pages.",
    demand: """
      Declared memory is handed out in pages: the size of a region, and of a range that is marked, should be a \
      multiple of the page size (Documentation/DMA-API.txt up to Linux 4.20, Part II). The rest of a region's \
      last page is lost; a marked range takes the whole of its last page.
      """,
    fix: """
      Round the size of the region down to whole pages, and that of a marked range up.
      """,
    example: """
      {"trace": {"kernel": "4.9.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_declare_coherent_memory", "dev": "0000:00:04.0", "phys_addr": "0x90000000", \
      "device_addr": "0x90000000", "size": 65000, "flags": "MAP", "ret": 1}
      {"call": "dma_release_declared_memory", "dev": "0000:00:04.0"}
      """,
    counterExample: """
      {"trace": {"kernel": "4.9.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_declare_coherent_memory", "dev": "0000:00:04.0", "phys_addr": "0x90000000", \
      "device_addr": "0x90000000", "size": 65536, "flags": "MAP", "ret": 1}
      {"call": "dma_release_declared_memory", "dev": "0000:00:04.0"}
      """)

  static let declaredFlagsMismatch = Rule(
    number: 803, name: "declared-flags-mismatch", severity: .warning,
    title: "The flags of a declared region and the returned flag do not match.",
    demand: """
      A region is asked for as MAP (memory that can be used like any other), as IO (only through accessors), or as \
      either; the returned flag tells which of them it is, and that is how it must be used \
      (Documentation/DMA-API.txt up to Linux 4.13, Part II).
      """,
    fix: """
      Compare the result with the flag that was asked for: with DMA_MEMORY_IO use memcpy_toio and its kin, \
      or give the region up.
      """,
    example: """
      {"trace": {"kernel": "4.9.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_declare_coherent_memory", "dev": "0000:00:04.0", "phys_addr": "0x90000000", \
      "device_addr": "0x90000000", "size": 65536, "flags": "MAP|EXCLUSIVE", "ret": 2}
      {"call": "dma_release_declared_memory", "dev": "0000:00:04.0"}
      """,
    counterExample: """
      {"trace": {"kernel": "4.9.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_declare_coherent_memory", "dev": "0000:00:04.0", "phys_addr": "0x90000000", \
      "device_addr": "0x90000000", "size": 65536, "flags": "MAP|EXCLUSIVE", "ret": 1}
      {"call": "dma_release_declared_memory", "dev": "0000:00:04.0"}
      """)

  static let declaredReleasedInUse = Rule(
    number: 804, name: "declared-released-in-use", severity: .error,
    title: "A declared region is released while memory from it is allocated.",
    demand: """
      A declared region must not be released while memory that came from it is in use (Documentation/DMA-\
      API.txt up to Linux 4.20, Part II): nothing checks it, and the blocks are then in memory that is \
      unmapped.
      """,
    fix: """
      Free all coherent memory of the device before dma_release_declared_memory.
      """,
    example: """
      {"trace": {"kernel": "4.9.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_declare_coherent_memory", "dev": "0000:00:04.0", "phys_addr": "0x90000000", \
      "device_addr": "0x90000000", "size": 65536, "flags": "MAP", "ret": 1}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 4096, "flag": "GFP_KERNEL", \
      "dma_handle": "0x90000000", "ret": "0xffff000090000000"}
      {"call": "dma_release_declared_memory", "dev": "0000:00:04.0"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 4096, "cpu_addr": "0xffff000090000000", \
      "dma_handle": "0x90000000"}
      """,
    counterExample: """
      {"trace": {"kernel": "4.9.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_declare_coherent_memory", "dev": "0000:00:04.0", "phys_addr": "0x90000000", \
      "device_addr": "0x90000000", "size": 65536, "flags": "MAP", "ret": 1}
      {"call": "dma_alloc_coherent", "dev": "0000:00:04.0", "size": 4096, "flag": "GFP_KERNEL", \
      "dma_handle": "0x90000000", "ret": "0xffff000090000000"}
      {"call": "dma_free_coherent", "dev": "0000:00:04.0", "size": 4096, "cpu_addr": "0xffff000090000000", \
      "dma_handle": "0x90000000"}
      {"call": "dma_release_declared_memory", "dev": "0000:00:04.0"}
      """)

  static let declaredRangeMarkedTwice = Rule(
    number: 805, name: "declared-range-marked-twice", severity: .error,
    title: "A range of declared memory is marked occupied that already is.",
    demand: """
      dma_mark_declared_memory_occupied reserves a part of the region that nobody else has \
      (Documentation/DMA-API.txt up to Linux 4.20, Part II); a range that is taken is refused.
      """,
    fix: """
      Mark each range once, before anything is allocated from the region.
      """,
    example: """
      {"trace": {"kernel": "4.9.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_declare_coherent_memory", "dev": "0000:00:04.0", "phys_addr": "0x90000000", \
      "device_addr": "0x90000000", "size": 65536, "flags": "MAP", "ret": 1}
      {"call": "dma_mark_declared_memory_occupied", "dev": "0000:00:04.0", "device_addr": "0x90000000", \
      "size": 8192, "ret": "0xffff000090000000"}
      {"call": "dma_mark_declared_memory_occupied", "dev": "0000:00:04.0", "device_addr": "0x90001000", \
      "size": 4096, "ret": -16}
      {"call": "dma_release_declared_memory", "dev": "0000:00:04.0"}
      """,
    counterExample: """
      {"trace": {"kernel": "4.9.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_declare_coherent_memory", "dev": "0000:00:04.0", "phys_addr": "0x90000000", \
      "device_addr": "0x90000000", "size": 65536, "flags": "MAP", "ret": 1}
      {"call": "dma_mark_declared_memory_occupied", "dev": "0000:00:04.0", "device_addr": "0x90000000", \
      "size": 8192, "ret": "0xffff000090000000"}
      {"call": "dma_mark_declared_memory_occupied", "dev": "0000:00:04.0", "device_addr": "0x90002000", \
      "size": 4096, "ret": "0xffff000090002000"}
      {"call": "dma_release_declared_memory", "dev": "0000:00:04.0"}
      """)

  static let declaredReleaseNone = Rule(
    number: 806, name: "declared-release-none", severity: .hint,
    title: "A declared region is released that does not exist.",
    demand: """
      dma_release_declared_memory gives back the region of a device (Documentation/DMA-API.txt up to Linux 4.20, \
      Part II). Without one the kernel does nothing: harmless in itself, and a sign that the driver does not know \
      what it has.
      """,
    fix: """
      Call dma_release_declared_memory only where the declaration has succeeded, and once.
      """,
    example: """
      {"trace": {"kernel": "4.9.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_release_declared_memory", "dev": "0000:00:04.0"}
      """,
    counterExample: """
      {"trace": {"kernel": "4.9.0", "arch": "aarch64", "complete": true}}
      {"call": "dma_declare_coherent_memory", "dev": "0000:00:04.0", "phys_addr": "0x90000000", \
      "device_addr": "0x90000000", "size": 65536, "flags": "MAP", "ret": 1}
      {"call": "dma_release_declared_memory", "dev": "0000:00:04.0"}
      """)
}
