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
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let doubleUnmap = Rule(
    number: 202, name: "double-unmap", severity: .error,
    title: "A mapping is unmapped a second time.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let unmapSizeMismatch = Rule(
    number: 203, name: "unmap-size-mismatch", severity: .error,
    title: "A mapping is unmapped with another size than it was mapped with.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let unmapDirectionMismatch = Rule(
    number: 204, name: "unmap-direction-mismatch", severity: .error,
    title: "A mapping is unmapped with another direction than it was mapped with.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let unmapAttributesMismatch = Rule(
    number: 205, name: "unmap-attributes-mismatch", severity: .warning,
    title: "A mapping is unmapped with other attributes than it was mapped with.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let releaseWrongFunction = Rule(
    number: 206, name: "release-wrong-function", severity: .error,
    title: "Something is released with a function that does not belong to the one that made it.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let unmapWrongDevice = Rule(
    number: 207, name: "unmap-wrong-device", severity: .error,
    title: "A mapping of one device is unmapped for another.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let scatterlistCountMismatch = Rule(
    number: 208, name: "scatterlist-count-mismatch", severity: .error,
    title: "A scatterlist is unmapped with another number of entries than was passed to the map.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let scatterlistMappedTwice = Rule(
    number: 209, name: "scatterlist-mapped-twice", severity: .warning,
    title: "A scatterlist is mapped again while it is mapped.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let errorAddressUsed = Rule(
    number: 210, name: "error-address-used", severity: .error,
    title: "The address that means a failed mapping is used as if it were one.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let mappingErrorUnchecked = Rule(
    number: 211, name: "mapping-error-unchecked", severity: .warning,
    title: "The result of a mapping is not checked with dma_mapping_error.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let leakAtUnbind = Rule(
    number: 212, name: "leak-at-unbind", severity: .error,
    title: "Something is still mapped or allocated when the driver lets go of the device.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let liveAtEnd = Rule(
    number: 213, name: "live-at-end", severity: .hint,
    title: "Something is still mapped or allocated when the recording ends.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let iommuPageFault = Rule(
    number: 214, name: "iommu-page-fault", severity: .error,
    title: "The device reached for an address that the IOMMU does not map.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)
}
