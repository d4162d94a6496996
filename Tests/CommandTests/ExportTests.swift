import CSQLite
import Foundation
import Testing

@Suite("Exports")
struct ExportCommandTests {
  /// The first column of the first row of a query.
  static func number(_ query: String, in path: String) throws -> Int64 {
    var database: OpaquePointer?
    defer { sqlite3_close(database) }
    #expect(sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, nil) == SQLITE_OK)
    var statement: OpaquePointer?
    defer { sqlite3_finalize(statement) }
    #expect(sqlite3_prepare_v2(database, query, -1, &statement, nil) == SQLITE_OK, "\(query)")
    #expect(sqlite3_step(statement) == SQLITE_ROW)
    return sqlite3_column_int64(statement, 0)
  }

  @Test("make a database that has every mapping of the recording, each with its unmap")
  func database() throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("board.db").path
      let outcome = try Program.run(["export", Fixture.path("nc-b.dat"), "--to", "sqlite", "-o", path])
      #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["board.db"])
      let events = try Report(on: "nc-b.dat").input.eventsByName
      let pages = Int64(events["dma_map_page"] ?? 0)
      let lists = Int64(events["dma_map_sg"] ?? 0)
      #expect(pages == 999 && lists > 0)
      func count(_ condition: String) throws -> Int64 {
        try Self.number("SELECT count(*) FROM mappings WHERE \(condition)", in: path)
      }
      #expect(try count("kind = 'page' AND mapped_at IS NOT NULL AND NOT failed") == pages)
      #expect(try count("kind = 'page' AND unmapped_at > mapped_at AND unmap_size = size") == pages)
      #expect(try count("kind = 'scatterlist' AND unmapped_at > mapped_at") == lists)
      #expect(try count("mapped_at IS NULL") == 0)
      #expect(
        try Self.number("SELECT sum(length) FROM segments", in: path)
          == Self.number("SELECT sum(size) FROM mappings WHERE kind = 'scatterlist'", in: path))
      #expect(try Self.number("SELECT count(*) FROM lifetimes WHERE device IS NULL", in: path) == 0)
    }
  }

  @Test("are refused where a word is none of theirs, and where a database has no file to go to")
  func refusal() throws {
    let trace = Fixture.path("nc-b.dat")
    for arguments in [["--to", "xml"], ["--to", "sqlite"], ["--to", "csv", "--weight", "ns"], []] {
      #expect(try Program.run(["export", trace] + arguments).status == 64, "\(arguments)")
    }
  }
}
