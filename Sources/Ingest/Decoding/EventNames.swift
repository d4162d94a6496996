import DMAModel

/// The names of a text's events, by number, each of which has a plan in each decoder: a hostile text may have names without
/// end, and a plan takes more memory than the name. Safe to use from several threads.
final class EventNames: Sendable {
  let table = NameTable()
  /// The number of all further names, once there are too many.
  private let further: UInt32
  /// A kernel has some thousands of events.
  static let limit: UInt32 = 1 << 13

  init() { further = table.intern("(further names)") }

  /// The number of a name, below the limit.
  func number(of name: String) -> UInt32 { kept(table.intern(name)) }

  /// The number that stands for one of the table.
  func kept(_ number: UInt32) -> UInt32 { number < EventNames.limit ? number : further }
}
