/// A user's word that devices of the base have other names in the new runs: `OLD=NEW`, globs.
///
/// What a star of `OLD` stands for stands in the star of the same place in `NEW`: `pci-*=0000:*`. A `NEW` without a
/// star is one device.
public struct MatchRule: Sendable, Equatable {
  /// As it was written.
  public let text: String
  let old: [Substring]
  let new: [Substring]

  /// - Throws: `Misfit` if it is not two globs around an equals sign.
  public init(_ text: String) throws(Misfit) {
    self.text = text
    let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else {
      throw Misfit(description: "'\(text)': expected OLD=NEW, for instance 0000:00:04.0=0000:00:05.0")
    }
    old = sides[0].split(separator: "*", omittingEmptySubsequences: false)
    new = sides[1].split(separator: "*", omittingEmptySubsequences: false)
    guard new.count <= old.count else {
      throw Misfit(description: "'\(text)': '\(sides[1])' has more stars than '\(sides[0])'")
    }
  }

  /// Why a rule, a gate or its limit cannot be understood, in a sentence.
  public struct Misfit: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String
    public init(description: String) { self.description = description }
  }

  /// The name on the new side of a device of the base; nil if the rule is not about it.
  func newName(of device: String) -> String? {
    guard var rest = MatchRule.strip(old[0], from: device[...]) else { return nil }
    guard old.count > 1 else { return rest.isEmpty ? String(new[0]) : nil }
    // Each star takes as little as it can, the last one the rest.
    var taken: [Substring] = []
    for piece in old.dropFirst().dropLast() {
      var start = rest.startIndex
      while MatchRule.strip(piece, from: rest[start...]) == nil {
        if start == rest.endIndex { return nil }
        start = rest.index(after: start)
      }
      taken.append(rest[..<start])
      rest = rest[start...].dropFirst(piece.count)
    }
    let end = old[old.count - 1]
    guard rest.count >= end.count, MatchRule.strip(end, from: rest.suffix(end.count)) != nil else {
      return nil
    }
    taken.append(rest.dropLast(end.count))
    var name = String(new[0])
    for (star, piece) in zip(taken, new.dropFirst()) { name += star + piece }
    return name
  }

  /// What is left behind a piece in which `?` stands for any character; nil if the text does not begin with it.
  private static func strip(_ piece: Substring, from text: Substring) -> Substring? {
    guard text.count >= piece.count else { return nil }
    return zip(piece, text).allSatisfy { $0 == $1 || $0 == "?" } ? text.dropFirst(piece.count) : nil
  }
}
