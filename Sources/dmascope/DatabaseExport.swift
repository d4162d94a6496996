import DMAModel
import Ingest
import MappingDatabase
import Replay

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes a database of mappings while a trace is replayed. The file appears whole or not at all.
final class DatabaseExport: ReplayObserver {
  private let path: String
  private let partial: String
  private var database: MappingDatabase?

  init(to path: String) {
    self.path = path
    partial = path + ".partial-\(getpid())"
  }

  deinit { unlink(partial) }

  func begin(_ trace: Trace) throws {
    unlink(partial)
    database = try told { () throws(DatabaseError) in
      try MappingDatabase(creating: partial, names: trace.names)
    }
  }

  func see(_ events: Span<Event>, _ segments: Span<UInt64>) -> Bool {
    database?.add(events, segments: segments)
    return database?.failure == nil
  }

  func end(_ trace: Trace, _ profile: Profile, _ symbolizer: (any Symbolizer)?) throws {
    try told { () throws(DatabaseError) in
      try database?.finish(profile, stacks: trace.stacks, symbolizer: symbolizer)
    }
    database = nil
    guard rename(partial, path) == 0 else {
      throw OutputError(
        status: .cannotCreate, description: "\(path): cannot write: \(String(cString: strerror(errno)))")
    }
  }

  private func told<Result>(_ body: () throws(DatabaseError) -> Result) throws -> Result {
    do { return try body() } catch {
      throw OutputError(status: .cannotCreate, description: "\(path): cannot write: \(error.description)")
    }
  }
}
