import Foundation
import Testing

@Suite("What is no trace")
struct InputTests {
  /// The exit status and the message for a file of `bytes`.
  static func report(on bytes: [UInt8], named name: String = "input") throws -> Program.Outcome {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent(name)
      try Data(bytes).write(to: file)
      return try Program.run(["report", file.path])
    }
  }

  static let others: [(what: String, bytes: [UInt8], word: String)] = [
    ("an empty file", [], "empty"),
    ("text", Array("hello, this is no trace\n".utf8), "text"),
    ("an ELF file", [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0], "ELF"),
    (
      "a trace.dat of version 9", [0x17, 0x08, 0x44] + Array("tracing9\0".utf8) + [0, 8, 0, 0x10, 0, 0],
      "version"
    ),
    ("half a magic", [0x17, 0x08, 0x44] + Array("tra".utf8), "17 08 44"),
    ("zeros", [UInt8](repeating: 0, count: 5000), "00 00"),
  ]

  @Test("is refused with status 65 and a word on what it is", arguments: others.indices)
  func noTrace(index: Int) throws {
    let (what, bytes, word) = Self.others[index]
    let outcome = try Self.report(on: bytes)
    #expect(outcome.status == 65, "\(what): \(outcome.errors)")
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.contains(word), "\(what): \(outcome.errors)")
    #expect(outcome.errors.hasPrefix("dmascope: "))
    #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
  }

  @Test("or is not there is refused with status 66")
  func missing() throws {
    let outcome = try Program.run(["report", "/nonexistent/trace.dat"])
    #expect(outcome.status == 66)
    #expect(outcome.errors.contains("/nonexistent/trace.dat"))
    #expect(outcome.errors.contains("No such file"))
  }

  @Test("but a folder is refused with status 66")
  func folder() throws {
    let outcome = try Program.run(["report", Fixture.root.path])
    #expect(outcome.status == 66, "\(outcome.errors)")
    #expect(outcome.errors.contains("directory"))
  }

  @Test("on standard input is called by that name")
  func standardInput() throws {
    let outcome = try Program.run(["report", "-"])
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("standard input"))
  }

  /// Control characters in the name of a file must not reach the terminal.
  @Test("cannot write to the terminal through its name")
  func hostilePath() throws {
    let outcome = try Self.report(on: Array("text".utf8), named: "a\u{1b}[31mb")
    #expect(outcome.status == 65)
    #expect(!outcome.errors.contains("\u{1b}"))
  }
}
