import DMAModel
import Synchronization

/// The functions whose durations in a function graph count, by their addresses.
///
/// Any recording may have a function graph, and few do: the symbols are read when the first record of one is met.
final class GraphedFunctions: Sendable {
  /// Where in a function the tracer was called: at its start, or after a landing pad or what saves the return address
  /// (arm64's BTI and patchable entries, x86's ENDBR).
  private static let patchSites = stride(from: UInt64(0), through: 24, by: 4)
  private let symbols: @Sendable () -> KernelSymbols?
  private let found = Mutex<[UInt64: Call]?>(nil)

  init(_ symbols: @escaping @Sendable () -> KernelSymbols?) { self.symbols = symbols }

  /// Empty where the recording saved no symbols.
  var calls: [UInt64: Call] {
    found.withLock { calls in
      if let calls { return calls }
      let functions = EventDictionary.maintenance
      let addresses = symbols()?.addresses(of: functions.map(\.name)) ?? [:]
      var result: [UInt64: Call] = [:]
      for function in functions {
        guard let address = addresses[function.name] else { continue }
        for offset in GraphedFunctions.patchSites { result[address &+ offset] = function.call }
      }
      calls = result
      return result
    }
  }
}
