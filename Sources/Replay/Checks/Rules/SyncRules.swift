// Syncs: who owns the memory, and how much of it.
extension Rule {
  static let syncRules: [Rule] = [
    syncNotMapped, syncBeyondMapping, syncDirectionMismatch, syncReadOnlyForCPU, syncWriteOnlyForDevice,
    syncScatterlistCount, syncOffCacheLine, syncRepeated, syncOneSided,
  ]

  static let syncNotMapped = Rule(
    number: 301, name: "sync-not-mapped", severity: .error,
    title: "Something is synced that is not mapped.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let syncBeyondMapping = Rule(
    number: 302, name: "sync-beyond-mapping", severity: .error,
    title: "A sync reaches beyond the end of the mapping.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let syncDirectionMismatch = Rule(
    number: 303, name: "sync-direction-mismatch", severity: .error,
    title: "A mapping is synced with another direction than it was mapped with.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let syncReadOnlyForCPU = Rule(
    number: 304, name: "sync-read-only-for-cpu", severity: .error,
    title: "Memory that the device only reads is synced for the CPU as if the device had written it.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let syncWriteOnlyForDevice = Rule(
    number: 305, name: "sync-write-only-for-device", severity: .error,
    title: "Memory that the device only writes is synced for the device as if the CPU had written it.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let syncScatterlistCount = Rule(
    number: 306, name: "sync-scatterlist-count", severity: .error,
    title: "A scatterlist is synced with another number of entries than was passed to the map.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let syncOffCacheLine = Rule(
    number: 307, name: "sync-off-cache-line", severity: .hint,
    title: "A sync of a part of a mapping begins or ends within a cache line.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let syncRepeated = Rule(
    number: 308, name: "sync-repeated", severity: .hint,
    title: "The same memory is synced twice in a row for the same owner.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let syncOneSided = Rule(
    number: 309, name: "sync-one-sided", severity: .hint,
    title: "Bidirectional memory is synced again and again for one side only.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)
}
