import DMAModel
import Foundation
import Replay
import Testing

@testable import Report

@Suite("A profile for other tools")
struct ExportTests {
  /// The board with call stacks, of which one frame is hostile.
  static var board: Profile {
    var profile = Profiles.board
    var site = CallSiteProfile()
    site.device = "0000:00:03.0"
    site.frames = ["nvme_map_data+0x10 [nvme]", "blk;\u{1b}[2Jsubmit+0x4", "do \"sync\"\\+0x8"]
    site.operation = .map
    site.apiCalls = 1000
    site.work.cleanedLines = 64_000
    site.work.cleanedBytes = 4_096_000
    site.estimate = Estimate(low: 1, mid: 1_280_000.4, high: 2)
    var second = site
    second.operation = .unmap
    second.work = CacheWork()
    second.bouncedBytes = 77
    profile.callSites = [site, second]
    return profile
  }

  static func text(
    _ format: ExportFormat, _ profile: Profile, weight: ExportWeight = .lines, table: ExportTable = .devices
  ) -> String {
    format.render(profile, weight: weight, table: table, toolVersion: "0.1.0")
  }

  static func json(_ format: ExportFormat, _ profile: Profile) throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: Data(text(format, profile).utf8))
    return try #require(object as? [String: Any])
  }

  @Test("Folded stacks go from the device inwards, and what weighs nothing is left out")
  func folded() {
    let stack = "0000:00:03.0;do \"sync\"\\+0x8;blk:\\x1b[2Jsubmit+0x4;nvme_map_data+0x10 [nvme]"
    #expect(Self.text(.folded, Self.board) == "\(stack);map 64000\n")
    #expect(
      Self.text(.folded, Self.board, weight: .bytes) == "\(stack);map 4096000\n\(stack);unmap 77\n")
    #expect(Self.text(.folded, Self.board, weight: .ns).hasPrefix("\(stack);map 1280000\n"))
    #expect(Self.text(.folded, Self.board, weight: .calls).contains("unmap 1000"))
  }

  @Test("Without call stacks the kinds of calls are folded")
  func foldedWithoutStacks() {
    #expect(
      Self.text(.folded, Profiles.board, weight: .calls).split(separator: "\n").allSatisfy {
        $0.hasPrefix("0000:00:03.0;map;TO_DEVICE ")
      })
  }

  @Test("A speedscope file has as many weights as samples, and its frames in the shared table")
  func speedscope() throws {
    let file = try Self.json(.speedscope, Self.board)
    let frames = try #require((file["shared"] as? [String: Any])?["frames"] as? [[String: String]])
    #expect(frames.compactMap { $0["name"] }.contains("blk;\\x1b[2Jsubmit+0x4"))
    let profiles = try #require(file["profiles"] as? [[String: Any]])
    #expect(profiles.count == ExportWeight.allCases.count)
    for profile in profiles {
      let (samples, weights) = (profile["samples"] as? [[Int]], profile["weights"] as? [Int])
      #expect(samples?.count == weights?.count && samples?.isEmpty == false)
      #expect(profile["endValue"] as? Int == weights?.reduce(0, +))
      #expect(samples?.joined().allSatisfy { frames.indices.contains($0) } == true)
    }
  }

  @Test("A Perfetto trace has a process for each device, with counters in order of time")
  func perfetto() throws {
    let profile = Self.board
    let events = try #require(try Self.json(.perfetto, profile)["traceEvents"] as? [[String: Any]])
    let names = events.filter { $0["name"] as? String == "process_name" }.compactMap {
      ($0["args"] as? [String: String])?["name"]
    }
    #expect(names == profile.timeline.series.map { "DMA of " + $0.device })
    let live = events.filter { $0["name"] as? String == "live bytes" && $0["pid"] as? Int == 1 }
    let times = live.compactMap { ($0["ts"] as? NSNumber)?.doubleValue }
    #expect(!times.isEmpty && times == times.sorted())
    #expect(times.first == Double(profile.timeline.start) / 1000)
    let peak = live.compactMap { ($0["args"] as? [String: Int])?["value"] }.max()
    #expect(peak == profile.timeline.series[0].liveBytes.max().map(Int.init))
  }

  @Test("OpenMetrics text has each family once, its samples behind it, and an end")
  func openMetrics() {
    var profile = Self.board
    profile.devices[0].name = "disk\"\\\n"
    let lines = Self.text(.openmetrics, profile).split(separator: "\n").map(String.init)
    #expect(lines.last == "# EOF")
    let families = lines.filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ")[2] }
    #expect(Set(families).count == families.count)
    #expect(lines.contains("dmascope_maps_total{device=\"disk\\\"\\\\\\\\x0a\"} 1000"))
    #expect(lines.contains("dmascope_bounces_total{device=\"0000:00:05.0\",because=\"mask\"} 150"))
    #expect(lines.contains("dmascope_mask_bits{device=\"0000:00:05.0\"} 32"))
    #expect(!lines.contains { $0.hasPrefix("dmascope_mask_bits{device=\"disk") })
    var current = ""
    for line in lines.dropLast() {
      if line.hasPrefix("# ") {
        current = String(line.split(separator: " ")[2])
      } else {
        #expect(line.hasPrefix(current))
      }
    }
  }

  @Test("Every table of CSV has as many fields in each row as columns", arguments: ExportTable.allCases)
  func tables(table: ExportTable) {
    var profile = Self.board
    profile.findings = [FindingExamples.size]
    let rows = Self.text(.csv, profile, table: table).split(separator: "\n").map { row in
      // Quoted fields of these profiles hold commas only.
      row.split(separator: "\"", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 0 }
        .map { $0.element.filter { $0 == "," }.count }.reduce(0, +)
    }
    #expect(Set(rows).count == 1)
    let expected: [ExportTable: Int] = [
      .devices: 2, .operations: 1, .callSites: 2, .tasks: 1, .findings: 1, .live: 1, .pools: 0,
      .timeline: profile.timeline.buckets * profile.timeline.series.count,
    ]
    #expect(rows.count == 1 + (expected[table] ?? -1))
  }
}
