import Replay
import YAMLFiles
import Yams

extension PlatformFile {
  /// A profile as a file that `read` understands: its name, architecture, line and prices, each on a line of its own.
  ///
  /// - Throws: `YAMLFileError` if YAML cannot hold one of its texts.
  public static func write(_ profile: PlatformProfile) throws(YAMLFileError) -> String {
    do {
      var pairs: [(Node, Node)] = []
      if let name = profile.name { pairs.append(("name", quoted(name))) }
      if let summary = profile.summary { pairs.append(("summary", quoted(summary))) }
      if let architecture = profile.architecture { pairs.append(("architecture", plain(architecture))) }
      if let line = profile.cacheLine { pairs.append(("cacheLine", plain(String(line)))) }
      var prices: [(Node, Node)] = []
      for work in Work.allCases {
        guard let price = profile.prices[work] else { continue }
        let row: [(Node, Node)] = [
          ("low", plain(number(price.range.low))), ("mid", plain(number(price.range.mid))),
          ("high", plain(number(price.range.high))), ("measured", plain(price.isMeasured ? "true" : "false")),
          ("source", quoted(price.source)),
        ]
        prices.append((plain(work.rawValue), Node(row)))
      }
      if !prices.isEmpty { pairs.append(("prices", Node(prices))) }
      return try Yams.serialize(node: Node(pairs), allowUnicode: true)
    } catch {
      throw YAMLFileError("the platform cannot be written as YAML: \(error)")
    }
  }

  private static func plain(_ text: String) -> Node { .scalar(.init(text, .implicit, .plain)) }
  private static func quoted(_ text: String) -> Node { .scalar(.init(text, .implicit, .doubleQuoted)) }

  /// Three decimals, no exponent.
  private static func number(_ value: Double) -> String {
    let thousandths = (max(0, min(value, 1e9)) * 1000).rounded()
    let whole = Int(thousandths) / 1000
    let rest = String(Int(thousandths) % 1000)
    return "\(whole).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
  }
}
