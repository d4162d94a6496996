import DMAModel
import Foundation
import Replay
import Testing

@testable import Report

@Suite("Avoidable work in reports")
struct AvoidableReportTests {
  private static func row(_ kind: Avoidable.Kind, device: String = "disk") -> Avoidable {
    var row = Avoidable()
    (row.kind, row.device, row.direction, row.callSite) = (
      kind, device, .fromDevice, "nvme_queue_rq+0x1c [nvme]"
    )
    (row.calls, row.ofCalls, row.isUpperBound) = (12, 40, kind == .recycle)
    row.work.invalidatedLines = 1234
    row.estimate = Estimate(low: 1_000, mid: 5_000, high: 20_000)
    return row
  }

  private static func text(_ rows: [Avoidable], width: Int = 140) -> String {
    var profile = Profiles.board
    profile.avoidable = rows
    return TextReport(profile, options: TextOptions(width: width)).render()
  }

  @Test("every kind has a definition, a title of its own and a remedy")
  func words() {
    #expect(Set(Avoidable.Kind.allCases.map(\.definition.title)).count == Avoidable.Kind.allCases.count)
    for kind in Avoidable.Kind.allCases {
      #expect(Definitions.definition(kind.rawValue) == kind.definition)
      #expect(kind.remedy.count > 20)
    }
  }

  @Test("the summary names the dearest, the table says what is an upper bound and what to do")
  func table() throws {
    let text = Self.text([Self.row(.recycle), Self.row(.redundantSync)])
    #expect(
      text.contains(
        "Avoidable   buffers mapped again, 12 of 40 · disk · saves up to ≈ 1.0–20 µs · 1 more below"))
    let lines = text.split(separator: "\n")
    let first = try #require(lines.first { $0.hasPrefix("Buffers mapped again ") && $0.contains(" disk ") })
    #expect(first.contains("12 of 40") && first.contains("1,234") && first.contains("≤ 1.0–20"))
    let second = try #require(lines.first { $0.hasPrefix("Synced twice in a row ") && $0.contains(" disk ") })
    #expect(!second.contains("≤"))
    #expect(text.contains("page_pool") && text.contains("leave the second sync out"))
  }

  @Test("no line is wider than asked", arguments: [60, 80, 100])
  func widths(width: Int) {
    let rows = Avoidable.Kind.allCases.map { Self.row($0, device: "a-device-with-a-rather-long-name.0") }
    for line in Self.text(rows, width: width).split(separator: "\n") {
      #expect(line.unicodeScalars.count <= width, "\(line)")
    }
  }

  @Test("JSON has each row with its numbers, exact")
  func json() throws {
    var profile = Profiles.board
    profile.avoidable = [Self.row(.doubleMaintenance)]
    let text = try JSONReport(profile, toolVersion: "1", includeLive: false).render()
    let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let row = try #require((object["avoidable"] as? [[String: Any]])?.first)
    #expect(row["kind"] as? String == "double-maintenance" && row["direction"] as? String == "FROM_DEVICE")
    #expect(row["calls"] as? Int == 12 && row["ofCalls"] as? Int == 40 && row["upperBound"] as? Bool == false)
    #expect((row["invalidated"] as? [String: Any])?["lines"] as? Int == 1234)
  }

  @Test("names stay text", arguments: FindingExamples.hostile.indices)
  func hostile(index: Int) {
    var row = Self.row(.recycle, device: FindingExamples.hostile[index])
    row.callSite = FindingExamples.hostile[index]
    let raw = Self.text([row]).unicodeScalars.filter {
      ($0.value < 0x20 && $0 != "\n") || (0x7f...0x9f).contains($0.value)
        || (0x202a...0x202e).contains($0.value)
    }
    #expect(raw.isEmpty)
    var profile = Profiles.board
    profile.avoidable = [row]
    let page = HTMLReport(profile, toolVersion: "1").render()
    for markup in ["<script>alert", "<img", "\u{1b}", "\u{202e}"] { #expect(!page.contains(markup)) }
  }
}
