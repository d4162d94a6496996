import Comparison
import Yams

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

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
public struct GateFile: Sendable {
  public private(set) var gates: [Gate] = []
  /// Runs of the base; relative paths begin at the file's folder.
  public private(set) var baseline: [String] = []
  public private(set) var match: [MatchRule] = []
  private let path: String

  /// - Throws: `GateFileError` if the file cannot be read or says what it cannot.
  public static func read(contentsOf path: String) throws(GateFileError) -> GateFile {
    let data: Data
    do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      throw GateFileError("\(path): cannot open this gate file", isUnreadable: true)
    }
    return try GateFile(String(decoding: data, as: UTF8.self), path: path)
  }

  /// - Parameters:
  ///   - text: the YAML.
  ///   - path: the file's name, for errors and for the paths in it.
  /// - Throws: `GateFileError` with line and column.
  public init(_ text: String, path: String) throws(GateFileError) {
    self.path = path
    let node: Node?
    do { node = try Yams.compose(yaml: text) } catch {
      throw GateFileError("\(path): \(Self.words(of: error))")
    }
    guard let mapping = node?.mapping else {
      throw GateFileError("\(path): expected a mapping with the keys \(Self.names)")
    }
    for (key, value) in mapping {
      guard let row = Self.keys.first(where: { $0.name == key.string }) else {
        throw GateFileError("\(place(key)): unknown key '\(key.string ?? "")'; expected \(Self.names)")
      }
      do { try row.take(&self, value) } catch let error as GateFileError { throw error } catch {
        throw GateFileError("\(place(value)): \(error)")
      }
    }
    if gates.isEmpty { throw GateFileError("\(path): no gates") }
  }

  private typealias Taking = @Sendable (inout GateFile, Node) throws -> Void
  private static let keys: [(name: String, take: Taking)] = [
    ("baseline", { file, node in file.baseline = try file.texts(node).map(file.resolved) }),
    ("gates", { file, node in try file.addGates(node, device: nil) }),
    ("devices", { file, node in try file.addDevices(node) }),
    ("match", { file, node in try file.addRules(node) }),
  ]
  private static let names = keys.map(\.name).joined(separator: ", ")

  private static func words(of error: any Error) -> String {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      "line \(mark.line), column \(mark.column): \(problem)"
    default: "not YAML: \(error)"
    }
  }

  private func place(_ node: Node) -> String {
    node.mark.map { "\(path):\($0.line):\($0.column)" } ?? path
  }

  private func resolved(_ run: String) -> String {
    guard !run.hasPrefix("/"), run != "-", let slash = path.lastIndex(of: "/") else { return run }
    return path[...slash] + run
  }

  private func text(_ node: Node, _ expected: String) throws(GateFileError) -> String {
    guard let text = node.string, !text.isEmpty else {
      throw GateFileError("\(place(node)): expected \(expected)")
    }
    return text
  }

  private func texts(_ node: Node) throws(GateFileError) -> [String] {
    guard let sequence = node.sequence else {
      return [try text(node, "the path of a run, or a list of them")]
    }
    var result: [String] = []
    for element in sequence { result.append(try text(element, "the path of a run")) }
    return result
  }

  private mutating func addGates(_ node: Node, device: String?) throws(GateFileError) {
    guard let sequence = node.sequence else {
      throw GateFileError("\(place(node)): expected a list of gates, a dash before each")
    }
    for element in sequence {
      var (text, because) = (element, "")
      if let mapping = element.mapping {
        guard let gate = mapping["gate"],
          mapping.keys.allSatisfy({ ["gate", "because"].contains($0.string) })
        else { throw GateFileError("\(place(element)): expected the keys gate and because") }
        text = gate
        if let reason = mapping["because"] { because = try self.text(reason, "a reason") }
      }
      let words = try self.text(text, "a gate such as maintenance.lines_per_mib < +5%")
      do { gates.append(try Gate(words, device: device, because: because)) } catch {
        throw GateFileError("\(place(text)): \(error.description)")
      }
    }
  }

  private mutating func addDevices(_ node: Node) throws(GateFileError) {
    guard let mapping = node.mapping else {
      throw GateFileError("\(place(node)): expected devices, each with a list of gates")
    }
    for (key, value) in mapping { try addGates(value, device: try text(key, "a device or a glob")) }
  }

  private mutating func addRules(_ node: Node) throws(GateFileError) {
    for rule in try texts(node) {
      do { match.append(try MatchRule(rule)) } catch {
        throw GateFileError("\(place(node)): \(error.description)")
      }
    }
  }
}
