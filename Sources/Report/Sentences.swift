extension String {
  /// `Maintained twice` for `maintained twice`.
  var uppercasedFirst: String { prefix(1).uppercased() + dropFirst() }

  /// `maintained twice` for `Maintained twice`; words in capitals stay.
  var lowercasedFirst: String {
    guard let first, let second = dropFirst().first, second.isLowercase || second == " " else { return self }
    return first.lowercased() + dropFirst()
  }
}
