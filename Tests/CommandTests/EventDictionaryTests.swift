import Foundation
import Testing

@Suite("The event dictionary")
struct EventDictionaryTests {
  @Test("is shown, and extended by a file")
  func file() throws {
    let list = try Program.run(["explain", "events"])
    #expect(list.status == 0 && list.text.contains("dmadebug:dmadebug_map_page") && list.errors.isEmpty)
    try withTemporaryFolder { folder in
      let (trace, events) = (folder.appendingPathComponent("a.txt"), folder.appendingPathComponent("e.yaml"))
      try Data("  isp-7  [000] .....    12.5: isp_map: iova=0x4000 pages=2\n".utf8).write(to: trace)
      let row =
        "{event: \"*:isp_map\", call: dma_map_page, fields: {dma_addr: iova, size: {field: pages, times: 4096}}, constants: {dev: isp}}"
      try Data("events:\n  - \(row)\n".utf8).write(to: events)
      let report = try Report(
        try Program.run(["report", trace.path, "--events", events.path, "--json", "-"]))
      #expect(report.devices.map(\.name) == ["isp"] && report.devices.first?.map.bytes == 8192)

      try Data("events:\n  - {event: isp_map, call: dma_map_page}\n".utf8).write(to: events)
      let misfit = try Program.run(["info", trace.path, "--events", events.path])
      #expect(misfit.status == 64 && misfit.errors.contains("e.yaml:2:13: expected SYSTEM:NAME"))
      let missing = try Program.run(["info", trace.path, "--events", folder.path + "/none.yaml"])
      #expect(missing.status == 66)
    }
  }
}
