import DMAModel
import Synchronization

/// The names of return addresses that an archive carries. Safe to use from several threads.
final class ArchiveSymbols: Symbolizer {
  private struct Storage {
    var names: [UInt64: String] = [:]
    var bytes = 0
  }

  private static let limit = 1 << 18
  private static let byteLimit = 1 << 24
  private let storage = Mutex(Storage())

  /// Notes the name of an address; the first one stays. Past the limits none is kept.
  func note(_ name: String, at address: UInt64) {
    storage.withLock { storage in
      guard storage.names[address] == nil, storage.names.count < ArchiveSymbols.limit,
        storage.bytes + name.utf8.count <= ArchiveSymbols.byteLimit
      else { return }
      storage.names[address] = name
      storage.bytes += name.utf8.count
    }
  }

  func symbol(at address: UInt64) -> String {
    storage.withLock { $0.names[address] } ?? "0x" + String(address, radix: 16)
  }
}
