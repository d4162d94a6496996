// Cache lines that two owners share.
extension Rule {
  static let cacheLineRules: [Rule] = [
    cacheLineShared, cacheLinePartial, mappingsOverlap,
  ]

  static let cacheLineShared = Rule(
    number: 401, name: "cache-line-shared", severity: .warning,
    title: "A mapping that the device writes shares a cache line with another live mapping.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let cacheLinePartial = Rule(
    number: 402, name: "cache-line-partial", severity: .hint,
    title: "A mapping that a non-coherent device writes begins or ends within a cache line.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let mappingsOverlap = Rule(
    number: 403, name: "mappings-overlap", severity: .warning,
    title: "Two live mappings of a device overlap, and the device writes.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)
}
