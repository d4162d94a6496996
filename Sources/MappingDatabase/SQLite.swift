import CSQLite

/// What SQLite said no to.
public struct DatabaseError: Error, Sendable, CustomStringConvertible {
  public var description: String
}

/// A database that is written once, from beginning to end.
struct SQLite: ~Copyable {
  private let handle: OpaquePointer?

  /// Opens a file that is not there yet. Nobody else reads it while it is written, and a half-written one is thrown
  /// away: neither a journal nor waiting for the disk is needed.
  init(creating path: String) throws(DatabaseError) {
    var handle: OpaquePointer?
    let status = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil)
    self.handle = handle
    guard status == SQLITE_OK else { throw failure() }
    try run("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; BEGIN")
  }

  deinit { sqlite3_close_v2(handle) }

  private func failure() -> DatabaseError {
    DatabaseError(description: String(cString: sqlite3_errmsg(handle)))
  }

  /// Statements without parameters and results.
  func run(_ statements: String) throws(DatabaseError) {
    guard sqlite3_exec(handle, statements, nil, nil, nil) == SQLITE_OK else { throw failure() }
  }

  /// Makes everything that was written permanent.
  func commit() throws(DatabaseError) { try run("COMMIT") }

  func prepare(_ statement: String) throws(DatabaseError) -> Statement {
    var prepared: OpaquePointer?
    guard sqlite3_prepare_v2(handle, statement, -1, &prepared, nil) == SQLITE_OK, let prepared else {
      throw failure()
    }
    return Statement(prepared)
  }
}

/// A value of a column.
enum SQLiteValue {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)

  /// 64 bits in two's complement: SQLite's integers are signed.
  static func bits(_ number: UInt64) -> SQLiteValue { .integer(Int64(bitPattern: number)) }
  static func bits(_ number: UInt64?) -> SQLiteValue { number.map { bits($0) } ?? .null }
}

/// A statement that is run many times with other values.
final class Statement {
  private let handle: OpaquePointer
  /// Has SQLite copy the text, which is gone when the call returns (`SQLITE_TRANSIENT`).
  private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  fileprivate init(_ handle: OpaquePointer) { self.handle = handle }

  deinit { sqlite3_finalize(handle) }

  /// Runs it once with these values for its parameters.
  func run(_ values: [SQLiteValue]) throws(DatabaseError) {
    for (index, value) in values.enumerated() {
      let place = Int32(index + 1)
      switch value {
      case .null: sqlite3_bind_null(handle, place)
      case .integer(let number): sqlite3_bind_int64(handle, place, number)
      case .real(let number): sqlite3_bind_double(handle, place, number)
      case .text(let text):
        sqlite3_bind_text(handle, place, text, Int32(clamping: text.utf8.count), Statement.copied)
      }
    }
    let status = sqlite3_step(handle)
    sqlite3_reset(handle)
    guard status == SQLITE_DONE || status == SQLITE_ROW else {
      throw DatabaseError(description: String(cString: sqlite3_errstr(status)))
    }
  }
}
