/// A pattern for names: `*` stands for any characters, `?` for one; everything else for itself.
public struct Glob: Sendable {
  private let pattern: [Character]

  public init(_ pattern: String) { self.pattern = Array(pattern) }

  /// Characters that are neither `*` nor `?`: how specific the pattern is.
  var literalCount: Int { pattern.count { $0 != "*" && $0 != "?" } }

  /// Takes time proportional to the lengths of both at worst, never more.
  public func matches(_ text: String) -> Bool {
    let text = Array(text)
    var (p, t) = (0, 0)
    // Where the last star was, and how much of the text it has taken so far.
    var star: (pattern: Int, text: Int)?
    while t < text.count {
      if p < pattern.count, pattern[p] == "*" {
        star = (p, t)
        p += 1
      } else if p < pattern.count, pattern[p] == "?" || pattern[p] == text[t] {
        p += 1
        t += 1
      } else if let last = star {
        star = (last.pattern, last.text + 1)
        p = last.pattern + 1
        t = last.text + 1
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == "*" }
  }
}

extension Glob {
  /// What two lists of globs say of a name: the match with most literal characters decides, `no` among equals; nil
  /// where none matches.
  static func verdict(_ name: String, no: [String], yes: [String]) -> Bool? {
    let no = no.map(Glob.init).filter { $0.matches(name) }.map(\.literalCount).max()
    let yes = yes.map(Glob.init).filter { $0.matches(name) }.map(\.literalCount).max()
    switch (no, yes) {
    case (nil, nil): return nil
    case (nil, _): return true
    case (_, nil): return false
    case (let no?, let yes?): return yes > no
    }
  }
}

extension PlatformProfile {
  /// What the profile says of a device's coherence by name; nil if nothing.
  func saysCoherent(_ device: String) -> Bool? { Glob.verdict(device, no: nonCoherent, yes: coherent) }
}
