import DMAModel

/// Frames of call stacks that came with names, not addresses. Each has an address that no machine uses (bit 63 set,
/// bits 62 to 48 clear), by which stacks and reports know it.
final class FrameNames: Sendable {
  private static let base: UInt64 = 1 << 63
  private let table = NameTable()

  /// The address that stands for a name.
  func address(_ name: String) -> UInt64 { FrameNames.base | UInt64(table.intern(name)) }

  /// Whether an address is in the range that is used up for names.
  static func isTaken(_ address: UInt64) -> Bool { address >> 32 == base >> 32 }

  /// The name that an address stands for; nil if it stands for none.
  func name(_ address: UInt64) -> String? {
    let number = address ^ FrameNames.base
    return number > 0 && number < UInt64(table.count) ? table[UInt32(number)] : nil
  }
}

/// The names that came with the frames, and the symbols of others for the rest.
struct NamedFrames: Symbolizer {
  let names: FrameNames
  let others: (any Symbolizer)?

  func symbol(at address: UInt64) -> String {
    names.name(address) ?? others?.symbol(at: address) ?? "0x" + String(address, radix: 16)
  }
}
