// DMA masks, limits and failures.
extension Rule {
  static let maskRules: [Rule] = [
    addressBeyondMask, mappedAfterRefusedMask, maskBounces, maskWiderThanNeeded, mappingTooLarge, mapFailures,
    maskNarrowerThanRequired,
  ]

  static let addressBeyondMask = Rule(
    number: 501, name: "address-beyond-mask", severity: .error,
    title: "A device is handed an address that its DMA mask does not reach.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let mappedAfterRefusedMask = Rule(
    number: 502, name: "mapped-after-refused-mask", severity: .error,
    title: "A mask was refused, and the driver maps all the same.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let maskBounces = Rule(
    number: 503, name: "mask-bounces", severity: .hint,
    title: "Mappings are copied through bounce buffers because of the mask alone.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let maskWiderThanNeeded = Rule(
    number: 504, name: "mask-wider-than-needed", severity: .hint,
    title: "The mask is wider than the platform requires.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let mappingTooLarge = Rule(
    number: 505, name: "mapping-too-large", severity: .error,
    title: "A mapping is larger than dma_max_mapping_size allows.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let mapFailures = Rule(
    number: 506, name: "map-failures", severity: .warning,
    title: "Mappings fail in a burst.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let maskNarrowerThanRequired = Rule(
    number: 507, name: "mask-narrower-than-required", severity: .hint,
    title: "The mask is narrower than the platform requires.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)
}
