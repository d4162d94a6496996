import Foundation

/// The recordings under `fixtures/` and what is known about them from elsewhere; `fixtures/README.md` says from where.
enum Fixture {
  /// The top folder of the project.
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static func path(_ name: String) -> String { root.appendingPathComponent("fixtures/\(name)").path }

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  static func text(_ name: String) throws -> String {
    try String(contentsOf: URL(fileURLWithPath: path(name)), encoding: .utf8)
  }
}

/// Facts that other programs and the kernel itself stated.
enum Facts {
  /// Calls, bytes and cache lines.
  struct Sum: Decodable, Equatable, CustomStringConvertible {
    var calls: UInt64 = 0
    var bytes: UInt64 = 0
    var lines: UInt64 = 0

    var description: String { "\(calls) calls, \(bytes) bytes, \(lines) lines" }
  }

  /// Sums by kernel function and direction.
  typealias Table = [String: [String: Sum]]

  /// What the kernel's own maintenance functions were called with during a recording.
  struct Maintenance: Decodable {
    struct Prepare: Decodable {
      var calls: UInt64
      var bytes: UInt64
    }

    /// Bytes in a cache line of that machine.
    var line: Int
    var truth: Table
    /// nil where nobody recorded it.
    var prepare: Prepare?
    /// Empty where the calls could not be told apart by device.
    var devices: [String: Table]
    /// Events lost while recording.
    var lost: UInt64
    /// Cache instructions, prepare passes left out; nil where the loops were not probed.
    var instructions: UInt64?
  }

  struct Losses: Decodable {
    var events: UInt64
    var windows: UInt64
    var windowsWithoutCount: UInt64
    var overruns: UInt64
  }

  struct Causes: Decodable, Equatable {
    var forced: UInt64 = 0
    var mask: UInt64 = 0
    var alignment: UInt64 = 0
  }

  /// Events by name for each fixture, as `trace-cmd report` counts them.
  static let events = load([String: [String: UInt64]].self, "events")
  static let maintenance = load([String: Maintenance].self, "maintenance")
  /// Bounces by device.
  static let bounces = load([String: [String: Causes]].self, "bounces")
  static let losses = load([String: Losses].self, "losses")

  struct Form: Decodable {
    var events: [String: UInt64]
    var maintenance: Maintenance
  }

  /// Recordings in other forms than trace.dat, under `fixtures/forms`.
  static let forms = load([String: Form].self, "forms")

  private static func load<Value: Decodable>(_ type: Value.Type, _ name: String) -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(try Fixture.bytes("facts/\(name).json")))
    } catch {
      preconditionFailure("fixtures/facts/\(name).json: \(error)")
    }
  }
}

/// The names of all files in `fixtures/`.
func fixtureNames() throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: Fixture.root.appendingPathComponent("fixtures").path)
}
