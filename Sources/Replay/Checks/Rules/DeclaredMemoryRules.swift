// Memory that a driver declared for coherent allocations.
extension Rule {
  static let declaredMemoryRules: [Rule] = [
    declaredSecondRegion, declaredNotPages, declaredFlagsMismatch, declaredReleasedInUse,
    declaredRangeMarkedTwice, declaredReleaseNone,
  ]

  static let declaredSecondRegion = Rule(
    number: 801, name: "declared-second-region", severity: .error,
    title: "A second region is declared for a device that has one.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let declaredNotPages = Rule(
    number: 802, name: "declared-not-pages", severity: .error,
    title: "A region is declared or marked whose size is not whole pages.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let declaredFlagsMismatch = Rule(
    number: 803, name: "declared-flags-mismatch", severity: .warning,
    title: "The flags of a declared region and the returned flag do not match.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let declaredReleasedInUse = Rule(
    number: 804, name: "declared-released-in-use", severity: .error,
    title: "A declared region is released while memory from it is allocated.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let declaredRangeMarkedTwice = Rule(
    number: 805, name: "declared-range-marked-twice", severity: .error,
    title: "A range of declared memory is marked occupied that already is.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)

  static let declaredReleaseNone = Rule(
    number: 806, name: "declared-release-none", severity: .error,
    title: "A declared region is released that does not exist.",
    demand: "",
    fix: "",
    example: """
      """,
    counterExample: """
      """)
}
