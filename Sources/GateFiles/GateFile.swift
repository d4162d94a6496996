import Comparison
import YAMLFiles
import Yams

/// Gates that a repository keeps, as YAML:
///
///     baseline: baseline.dat               # one run or a list; beside this file
///     gates:
///       - maintenance.lines_per_mib < +5%
///       - gate: findings.new == 0
///         because: a broken rule is a bug
///     devices:
///       "0000:00:05.0":
///         - bounces.per_mapping < +10%
///     match:
///       - 0000:00:04.0=0000:00:05.0
///
/// To add a key: a row in `keys`, a line above and in docs/comparing.md.
public struct GateFile: YAMLFile, Sendable {
  public private(set) var gates: [Gate] = []
  /// Runs of the base; relative paths begin at the file's folder.
  public private(set) var baseline: [String] = []
  public private(set) var match: [MatchRule] = []
  public let path: String

  /// - Throws: `YAMLFileError` if the file cannot be read or says what it cannot.
  public static func read(contentsOf path: String) throws(YAMLFileError) -> GateFile {
    try GateFile(text(of: path, "gate file"), path: path)
  }

  /// - Parameters:
  ///   - text: the YAML.
  ///   - path: the file's name, for errors and for the paths in it.
  /// - Throws: `YAMLFileError` with line and column.
  public init(_ text: String, path: String) throws(YAMLFileError) {
    self.path = path
    for (key, value) in try mapping(try parse(text), "a mapping with the keys \(Self.names)") {
      guard let row = Self.keys.first(where: { $0.name == key.string }) else {
        throw YAMLFileError("\(place(key)): unknown key '\(key.string ?? "")'; expected \(Self.names)")
      }
      do { try row.take(&self, value) } catch let error as YAMLFileError { throw error } catch {
        throw YAMLFileError("\(place(value)): \(error)")
      }
    }
    if gates.isEmpty { throw YAMLFileError("\(path): no gates") }
  }

  private typealias Taking = @Sendable (inout GateFile, Node) throws -> Void
  private static let keys: [(name: String, take: Taking)] = [
    (
      "baseline",
      { file, node in file.baseline = try file.texts(node, "the path of a run").map(file.resolved) }
    ),
    ("gates", { file, node in try file.addGates(node, device: nil) }),
    ("devices", { file, node in try file.addDevices(node) }),
    ("match", { file, node in try file.addRules(node) }),
  ]
  private static let names = keys.map(\.name).joined(separator: ", ")

  private func resolved(_ run: String) -> String {
    guard !run.hasPrefix("/"), run != "-", let slash = path.lastIndex(of: "/") else { return run }
    return path[...slash] + run
  }

  private mutating func addGates(_ node: Node, device: String?) throws(YAMLFileError) {
    guard let sequence = node.sequence else {
      throw YAMLFileError("\(place(node)): expected a list of gates, a dash before each")
    }
    for element in sequence {
      var (text, because) = (element, "")
      if let mapping = element.mapping {
        guard let gate = mapping["gate"],
          mapping.keys.allSatisfy({ ["gate", "because"].contains($0.string) })
        else { throw YAMLFileError("\(place(element)): expected the keys gate and because") }
        text = gate
        if let reason = mapping["because"] { because = try self.text(reason, "a reason") }
      }
      let words = try self.text(text, "a gate such as maintenance.lines_per_mib < +5%")
      do { gates.append(try Gate(words, device: device, because: because)) } catch {
        throw YAMLFileError("\(place(text)): \(error.description)")
      }
    }
  }

  private mutating func addDevices(_ node: Node) throws(YAMLFileError) {
    for (key, value) in try mapping(node, "devices, each with a list of gates") {
      try addGates(value, device: try text(key, "a device or a glob"))
    }
  }

  private mutating func addRules(_ node: Node) throws(YAMLFileError) {
    for rule in try texts(node, "OLD=NEW, two globs of devices") {
      do { match.append(try MatchRule(rule)) } catch {
        throw YAMLFileError("\(place(node)): \(error.description)")
      }
    }
  }
}
