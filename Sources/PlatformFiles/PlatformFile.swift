import Replay
import YAMLFiles
import Yams

/// Reads platform profiles from YAML: see docs/platforms.md for the keys.
///
/// To add a key: a row in `keys`, a line in docs/platforms.md, and what `write` makes of it.
public struct PlatformFile: YAMLFile {
  /// The name that errors begin with.
  public let path: String

  /// Reads a profile from a file's text.
  ///
  /// - Parameter path: the file's name, for errors and as the profile's source.
  /// - Throws: `YAMLFileError` with line and column if it is no YAML, or says what a profile cannot.
  public static func read(_ text: String, path: String) throws(YAMLFileError) -> PlatformProfile {
    let file = PlatformFile(path: path)
    var profile = PlatformProfile()
    profile.source = path
    try file.take(try file.parse(text), &profile)
    if profile.architecture == nil {
      throw YAMLFileError("\(path): no architecture; expected one of \(Self.architectures)")
    }
    return profile
  }

  /// Reads one value from the command line, such as `cleanLine=3`, `cleanLine=[1, 3, 9]` or `swiotlb=128MiB`.
  ///
  /// - Throws: `YAMLFileError` for what a platform file could not say.
  public static func adjustment(_ text: String) throws(YAMLFileError) -> PlatformProfile {
    let sides = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard sides.count == 2 else {
      throw YAMLFileError("--set \(text): expected KEY=VALUE, for instance cleanLine=3")
    }
    let file = PlatformFile(path: "--set \(text)")
    let value = try file.parse(sides[1])
    var profile = PlatformProfile()
    if let work = Work(rawValue: sides[0]) {
      profile.prices[work] = try file.price(value)
    } else {
      try file.take(key: sides[0], value, node: nil, &profile)
    }
    return profile
  }

  private static let architectures = Architecture.all.map(\.name).joined(separator: ", ")

  /// The keys of a file, and what each says of a profile.
  private typealias Taking = @Sendable (PlatformFile, Node, inout PlatformProfile) throws -> Void
  private static let keys: [(name: String, take: Taking)] = [
    ("name", { $2.name = try $0.text($1) }),
    ("summary", { $2.summary = try $0.text($1) }),
    ("architecture", { $2.architecture = try $0.architecture($1) }),
    ("cacheLine", { $2.cacheLine = try $0.powerOfTwo($1, 4...4096) }),
    ("speculates", { $2.speculates = try $0.truth($1) }),
    ("coherentByDefault", { $2.isCoherent = try $0.truth($1) }),
    ("coherent", { $2.coherent = try $0.texts($1) }),
    ("nonCoherent", { $2.nonCoherent = try $0.texts($1) }),
    ("prices", { try $0.takePrices($1, &$2) }),
    ("memory", { $2.memory = try $0.ranges($1) }),
    ("dmaZone", { $2.dmaZone = try $0.number($1) }),
    ("dma32Zone", { $2.dma32Zone = try $0.number($1) }),
    ("swiotlb", { $2.swiotlb = try $0.bytes($1) }),
    ("iommu", { $2.iommu = try $0.choice($1, IOMMUMode.allCases) }),
  ]

  private func take(_ node: Node, _ profile: inout PlatformProfile) throws(YAMLFileError) {
    guard case .mapping(let mapping) = node else { throw misfit(node, "a mapping of keys to values") }
    for (key, value) in mapping { try take(key: try text(key), value, node: key, &profile) }
  }

  private func take(
    key: String, _ value: Node, node: Node?, _ profile: inout PlatformProfile
  ) throws(YAMLFileError) {
    guard let row = Self.keys.first(where: { $0.name == key }) else {
      let known = Self.keys.map(\.name) + (node == nil ? Work.allCases.map(\.rawValue) : [])
      throw YAMLFileError(
        "\(place(node)): unknown key '\(key)'; expected \(known.joined(separator: ", "))")
    }
    do {
      try row.take(self, value, &profile)
    } catch let error as YAMLFileError {
      throw error
    } catch {
      throw YAMLFileError("\(place(node)): \(error)")
    }
  }

  private func takePrices(_ node: Node, _ profile: inout PlatformProfile) throws(YAMLFileError) {
    guard case .mapping(let mapping) = node else { throw misfit(node, "a mapping of work to prices") }
    for (key, value) in mapping {
      let work: Work = try choice(key, Work.allCases)
      profile.prices[work] = try price(value)
    }
  }
}
