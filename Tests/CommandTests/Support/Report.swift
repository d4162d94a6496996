import Foundation
import Testing

/// The parts of a `dmascope.report/1` document that the tests look at.
struct Report: Decodable {
  struct Input: Decodable {
    var path: String
    var format: String
    var kernel: String?
    var events: UInt64
    var eventsByName: [String: UInt64]
    var lostEvents: UInt64
    var lostWindows: UInt64
    var lostWindowsWithoutCount: UInt64
    var overruns: UInt64
    var incomplete: Bool
    var problems: [String]
    var firstNs: UInt64
    var lastNs: UInt64
  }

  struct Calls: Decodable, Equatable {
    var calls: UInt64
    var bytes: UInt64
    var failed: UInt64
    var unknown: UInt64
  }

  struct Sum: Decodable, Equatable {
    var calls: UInt64
    var lines: UInt64
    var bytes: UInt64
    var unsizedCalls: UInt64?
  }

  /// Sums by direction.
  typealias Row = [String: Sum]

  struct Measured: Decodable {
    var forDevice: Row?
    var forCPU: Row?
    var prepare: Row?
  }

  struct MeasuredTime: Decodable {
    struct Sum: Decodable {
      var calls: UInt64
      var totalNs: UInt64
    }
    var totalNs: UInt64
    var netNs: UInt64?
    var forDevice: Sum?
    var forCPU: Sum?
    var prepare: Sum?
  }

  struct Platform: Decodable {
    var name: String
    var calibrated: Bool
  }

  struct Bounce: Decodable {
    struct Causes: Decodable {
      var mask: UInt64
      var forced: UInt64
      var alignment: UInt64
      var unknown: UInt64
    }
    var mappings: UInt64
    var requests: UInt64
    var because: Causes
  }

  struct Lines: Decodable {
    var lines: UInt64
    var bytes: UInt64
  }

  struct Device: Decodable {
    var name: String
    var coherent: Bool
    var streamingMask: String?
    var map: Calls
    var unmap: Calls
    var maintenance: [String: Row]
    var bounce: Bounce
    var cleaned: Lines
  }

  struct Slots: Decodable {
    var live: UInt64
    var peak: UInt64
  }

  struct Totals: Decodable {
    var map: Calls
    var unmap: Calls
    var maintenance: [String: Row]
    var calls: UInt64
    var bounce: Bounce
    var slots: Slots?
    var cleaned: Lines
    var invalidated: Lines
    var instructions: UInt64
  }

  struct Live: Decodable {
    var device: String
    var kind: String
    var dmaAddress: String
    var size: UInt64
    var direction: String
    var mappedAtNs: UInt64
    var uncertain: Bool
  }

  var schema: String
  var input: Input
  var devices: [Device]
  var totals: Totals
  var measured: Measured?
  var measuredTime: MeasuredTime?
  var platform: Platform
  var timelineLossesNs: [UInt64]
  var live: [Live]?

  init(_ outcome: Program.Outcome) throws {
    self = try JSONDecoder().decode(Report.self, from: outcome.output)
  }

  /// The report on a fixture that has to succeed.
  init(on fixture: String, _ options: String...) throws {
    let outcome = try Program.run(["report", Fixture.path(fixture), "--json", "-"] + options)
    try #require(outcome.status == 0, "\(fixture): \(outcome.errors)")
    try self.init(outcome)
  }
}

extension [String: Report.Sum] {
  /// The sum for a direction, as the facts have it: directions that do not occur are 0.
  func fact(_ direction: String) -> Facts.Sum {
    let sum = self[direction]
    return Facts.Sum(calls: sum?.calls ?? 0, bytes: sum?.bytes ?? 0, lines: sum?.lines ?? 0)
  }
}
