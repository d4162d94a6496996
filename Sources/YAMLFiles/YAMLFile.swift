import Yams

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A kind of file that users write in YAML: how its text is read, and how what is wrong with it is told.
///
/// A type that conforms reads one kind; the values that several kinds have are read here.
public protocol YAMLFile {
  /// The name that errors begin with.
  var path: String { get }
}

extension YAMLFile {
  /// The text of a file of this kind.
  ///
  /// - Parameter kind: what it is called in errors, as `platform file`.
  /// - Throws: `YAMLFileError` if it cannot be read.
  public static func text(of path: String, _ kind: String) throws(YAMLFileError) -> String {
    do {
      return String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    } catch {
      throw .unreadable(path, kind)
    }
  }

  /// - Throws: `YAMLFileError` with line and column if the text is no YAML, or empty.
  public func parse(_ text: String) throws(YAMLFileError) -> Node {
    let node: Node?
    do { node = try Yams.compose(yaml: text) } catch {
      throw YAMLFileError("\(path): \((error as? YamlError).map(words) ?? "\(error)")")
    }
    guard let node else { throw YAMLFileError("\(path): empty") }
    return node
  }

  private func words(of error: YamlError) -> String {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      "line \(mark.line), column \(mark.column): \(problem)"
    case .reader(let problem, _, _, _): problem
    default: "not YAML: \(error)"
    }
  }

  /// Path, line and column; of what stands on the command line, which has an option's name as its path, only that.
  public func place(_ node: Node?) -> String {
    guard let mark = node?.mark, !path.hasPrefix("--") else { return path }
    return "\(path):\(mark.line):\(mark.column)"
  }

  /// The error of a value that is not what was expected.
  public func misfit(_ node: Node, _ expected: String) -> YAMLFileError {
    let found =
      node.scalar.map { "'\($0.string.prefix(80))'" } ?? (node.sequence == nil ? "a mapping" : "a list")
    return YAMLFileError("\(place(node)): expected \(expected); found \(found)")
  }
}

// Values.
extension YAMLFile {
  public func mapping(_ node: Node, _ expected: String) throws(YAMLFileError) -> Node.Mapping {
    guard case .mapping(let mapping) = node else { throw misfit(node, expected) }
    return mapping
  }

  /// Text that is not empty.
  public func text(_ node: Node, _ expected: String = "text") throws(YAMLFileError) -> String {
    guard let scalar = node.scalar, !scalar.string.isEmpty else { throw misfit(node, expected) }
    return scalar.string
  }

  /// One text, or a list of them.
  public func texts(_ node: Node, _ expected: String = "text") throws(YAMLFileError) -> [String] {
    guard let sequence = node.sequence else { return [try text(node, expected)] }
    var texts: [String] = []
    for element in sequence { texts.append(try text(element, expected)) }
    return texts
  }

  public func truth(_ node: Node) throws(YAMLFileError) -> Bool {
    switch node.scalar?.string {
    case "true", "yes": return true
    case "false", "no": return false
    default: throw misfit(node, "true or false")
    }
  }

  /// Decimal, or hexadecimal after `0x`; nil if it is neither, or takes more than 64 bits.
  public static func number(_ text: some StringProtocol) -> UInt64? {
    text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
  }
}
