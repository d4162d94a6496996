// DMA masks, limits and failures.
extension Rule {
  static let maskRules: [Rule] = [
    addressBeyondMask, mappedAfterRefusedMask, maskBounces, maskWiderThanNeeded, mappingTooLarge, mapFailures,
    maskNarrowerThanRequired,
  ]

  static let addressBeyondMask = Rule(
    number: 501, name: "address-beyond-mask", severity: .error,
    title: "A device is handed an address that its DMA mask does not reach.",
    demand: """
      A device can reach only the addresses that its DMA mask covers; dma_set_mask and \
      dma_set_coherent_mask tell the DMA API which, and it gives out no others (Documentation/core-\
      api/dma-api-howto.rst, "DMA addressing capabilities"). A transfer to an address beyond the mask goes \
      somewhere else, or nowhere.
      """,
    fix: """
      Find out who set the mask too late or too narrow: set it once, in probe, before anything is mapped \
      or allocated. Where the driver is right, the platform's description of the bus (dma-ranges, the \
      IOMMU) is not.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_set_mask", "dev": "0000:00:04.0", "mask": "0xffffffff", "ret": 0}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "TO_DEVICE", "ret": "0x100000000"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x100000000", "size": 2048, "dir": "TO_DEVICE"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_set_mask", "dev": "0000:00:04.0", "mask": "0xffffffff", "ret": 0}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "TO_DEVICE", "ret": "0xfffff800"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0xfffff800", "size": 2048, "dir": "TO_DEVICE"}
      """)

  static let mappedAfterRefusedMask = Rule(
    number: 502, name: "mapped-after-refused-mask", severity: .error,
    title: "A mask was refused, and the driver maps all the same.",
    demand: """
      dma_set_mask and its kin return an error if the platform cannot serve the mask; the driver must then \
      not use DMA, or ask for another mask (Documentation/core-api/dma-api-howto.rst, "DMA addressing \
      capabilities").
      """,
    fix: """
      Check the result of dma_set_mask_and_coherent, and give up the device with its error, or fall back \
      to a mask that is accepted.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_set_mask_and_coherent", "dev": "0000:00:04.0", "mask": "0xffffff", "ret": -5}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "TO_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, "dir": "TO_DEVICE"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_set_mask_and_coherent", "dev": "0000:00:04.0", "mask": "0xffffff", "ret": -5}
      {"call": "dma_set_mask_and_coherent", "dev": "0000:00:04.0", "mask": "0xffffffff", "ret": 0}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "TO_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, "dir": "TO_DEVICE"}
      """)

  static let maskBounces = Rule(
    number: 503, name: "mask-bounces", severity: .hint,
    title: "Mappings are copied through bounce buffers because of the mask alone.",
    demand: """
      Memory that a device's mask does not reach is copied through the software IO TLB at every map and \
      unmap (Documentation/core-api/swiotlb.rst). Nothing breaks, but every byte is moved twice, and the \
      pool of bounce buffers is small.
      """,
    fix: """
      Set the widest mask that the device can do: 64 bits where its descriptors have room. Where it cannot \
      do more, allocate what it uses below its mask (GFP_DMA32, or dma_alloc_pages for the device), or put \
      it behind an IOMMU.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_set_mask", "dev": "0000:00:04.0", "mask": "0xffffffff", "ret": 0}
      {"call": "swiotlb_bounced", "dev": "0000:00:04.0", "dev_addr": "0x140000000", "size": 2048, \
      "dma_mask": "0xffffffff", "force": false}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "TO_DEVICE", \
      "phys_addr": "0x140000000", "ret": "0xf9000000"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0xf9000000", "size": 2048, "dir": "TO_DEVICE"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_set_mask", "dev": "0000:00:04.0", "mask": "0xffffffff", "ret": 0}
      {"call": "swiotlb_bounced", "dev": "0000:00:04.0", "dev_addr": "0x80000010", "size": 100, \
      "dma_mask": "0xffffffff", "force": false}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 100, "dir": "TO_DEVICE", \
      "phys_addr": "0x80000010", "ret": "0xf9000010"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0xf9000010", "size": 100, "dir": "TO_DEVICE"}
      """)

  static let maskWiderThanNeeded = Rule(
    number: 504, name: "mask-wider-than-needed", severity: .hint,
    title: "The mask is wider than the platform requires.",
    demand: """
      dma_get_required_mask tells the mask that reaches all memory of this machine; a device that has \
      smaller descriptors for fewer address bits may use them if that mask allows it (Documentation/core-\
      api/dma-api.rst, Part Ic).
      """,
    fix: """
      If the device has a shorter descriptor format, or a mode with fewer address bits, choose it where \
      dma_get_required_mask says that it suffices. Otherwise nothing has to be done.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_set_mask", "dev": "0000:00:04.0", "mask": "0xffffffffffffffff", "ret": 0}
      {"call": "dma_get_required_mask", "dev": "0000:00:04.0", "ret": "0xffffffff"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_set_mask", "dev": "0000:00:04.0", "mask": "0xffffffff", "ret": 0}
      {"call": "dma_get_required_mask", "dev": "0000:00:04.0", "ret": "0xffffffff"}
      """)

  static let mappingTooLarge = Rule(
    number: 505, name: "mapping-too-large", severity: .error,
    title: "A mapping is larger than dma_max_mapping_size allows.",
    demand: """
      dma_max_mapping_size returns the largest size that one mapping of the device may have; larger ones \
      fail, or do so as soon as they have to be bounced (Documentation/core-api/dma-api.rst, Part Ic).
      """,
    fix: """
      Limit the size of a request by dma_max_mapping_size: for block drivers through max_hw_sectors or \
      max_sectors, for others by splitting the buffer.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_max_mapping_size", "dev": "0000:00:04.0", "ret": 262144}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 262208, "dir": "TO_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 262208, "dir": "TO_DEVICE"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_max_mapping_size", "dev": "0000:00:04.0", "ret": 262144}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 262144, "dir": "TO_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 262144, "dir": "TO_DEVICE"}
      """)

  static let mapFailures = Rule(
    number: 506, name: "map-failures", severity: .warning,
    title: "Mappings fail in a burst.",
    demand: """
      Mapping may fail, for want of bounce buffers or of IO virtual addresses, and a driver must be able \
      to go on (Documentation/core-api/dma-api.rst, Part Id). Four failures in a row, or eight within a \
      tenth of a second, are more than bad luck: something is exhausted.
      """,
    fix: """
      See what holds the resource: the live mappings at that time, and the peak of swiotlb slots in the \
      report. Widen the mask so that less has to be bounced, give up unneeded mappings, or enlarge the \
      pool (swiotlb=).
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "TO_DEVICE", "ret": "0xffffffffffffffff"}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "TO_DEVICE", "ret": "0xffffffffffffffff"}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "TO_DEVICE", "ret": "0xffffffffffffffff"}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "TO_DEVICE", "ret": "0xffffffffffffffff"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "TO_DEVICE", "ret": "0xffffffffffffffff"}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "TO_DEVICE", "ret": "0xffffffffffffffff"}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "TO_DEVICE", "ret": "0xffffffffffffffff"}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "TO_DEVICE", "ret": "0x3e00000"}
      {"call": "dma_unmap_single", "dev": "0000:00:04.0", "dma_addr": "0x3e00000", "size": 2048, "dir": "TO_DEVICE"}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 2048, "dir": "TO_DEVICE", "ret": "0xffffffffffffffff"}
      """)

  static let maskNarrowerThanRequired = Rule(
    number: 507, name: "mask-narrower-than-required", severity: .hint,
    title: "The mask is narrower than the platform requires.",
    demand: """
      dma_get_required_mask tells the mask that reaches all memory of this machine. A narrower one is \
      allowed, and the DMA API copies whatever it does not reach (Documentation/core-api/dma-api.rst, Part \
      Ic).
      """,
    fix: """
      Set a wider mask if the device can do it; a driver that leaves the mask alone has 32 bits. Where it \
      cannot, expect bounce copies, or put the device behind an IOMMU.
      """,
    example: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_set_mask", "dev": "0000:00:04.0", "mask": "0xffffffff", "ret": 0}
      {"call": "dma_get_required_mask", "dev": "0000:00:04.0", "ret": "0x7fffffffff"}
      """,
    counterExample: """
      {"trace": {"kernel": "6.12.0", "arch": "aarch64"}}
      {"call": "dma_set_mask", "dev": "0000:00:04.0", "mask": "0x7fffffffff", "ret": 0}
      {"call": "dma_get_required_mask", "dev": "0000:00:04.0", "ret": "0x7fffffffff"}
      """)
}
