import DMAModel
import Foundation
import Ingest
import Testing
import YAMLFiles

@testable import EventFiles

@Suite("Files of events")
struct EventFileTests {
  static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("docs/event-dictionary.md")

  /// The blocks of a language in the documentation.
  static func blocks(_ language: String) throws -> [String] {
    let text = try String(contentsOf: page, encoding: .utf8)
    return text.components(separatedBy: "```\(language)\n").dropFirst().compactMap {
      $0.components(separatedBy: "```").first
    }
  }

  /// The events of a text, and the names of their devices.
  static func read(_ text: String, _ rows: [EventDictionary.Row]) throws -> (
    events: [Event], devices: [String]
  ) {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("dmascope-\(UUID().uuidString)")
    try Data(text.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    var options = TraceOptions()
    options.events = rows
    let trace = try Trace(path: file.path, options: options)
    var events: [Event] = []
    trace.forEachRun { run, _ in
      for index in run.indices { events.append(run[index]) }
      return true
    }
    return (events, events.map { trace.names[$0.device] })
  }

  @Test("are as the documentation shows them")
  func documentation() throws {
    let examples = try Self.blocks("yaml")
    #expect(examples.count == 2)
    for example in examples { #expect(try !EventFile.read(example, path: "doc.yaml").isEmpty) }
    let (events, devices) = try Self.read(
      try #require(try Self.blocks("text").first), try EventFile.read(examples[0], path: "doc.yaml"))
    #expect(events.map(\.call) == [.mapPage, .unmapPage] && devices == ["soc:gpu", "soc:gpu"])
    let map = try #require(events.first)
    #expect(map.address == 0x4001_0000 && map.physicalAddress == 0x9_c3f2_000 && map.size == 3 * 4096)
    #expect(events.allSatisfy { $0.direction == .fromDevice && $0.flags.contains(.hasAddress) })
    #expect(events.last?.address == map.address && events.last?.size == map.size)
  }

  @Test("go before the built-in rows, in JSON Lines too")
  func precedence() throws {
    let rows = try EventFile.read(
      """
      events:
        - event: "*:dma_map_page"
          call: dma_unmap_page
          fields: {dev: who, addr: where, size: {field: log, values: {12: 4096, 13: 8192}}}
      """, path: "e.yaml")
    let (events, devices) = try Self.read(
      #"{"call": "dma_map_page", "who": "disk", "where": "0x1000", "log": 13, "dev": "none", "size": 5}"#,
      rows)
    #expect(devices == ["disk"])
    #expect(
      events.map(\.call) == [.unmapPage] && events.map(\.address) == [0x1000] && events.map(\.size) == [8192])
  }

  @Test("tell entries from returns, and know the parameters of every call")
  func moments() throws {
    let rows = try EventFile.read(
      """
      events:
        - {event: "p:in", call: dma_set_mask, when: entry, fields: {dev: d, mask: {field: width, bits: true}}}
        - {event: "p:out", call: dma_set_mask, when: return, fields: {ret: r}}
        - {event: "p:list", call: dma_map_sg, fields: {dev: d, nents: n}}
      """, path: "e.yaml")
    #expect(rows.map(\.call) == [.setMask, .setMask, .mapScatterlist])
    #expect(rows.map { $0.flags.contains(.isReturn) } == [false, true, true])
    // Of a list without its result it is not known that it failed.
    #expect(rows[2].flags.contains(.givesStatus))
    let (events, _) = try Self.read(
      #"{"call": "p:in", "d": "nic", "width": 32}"# + "\n" + #"{"call": "p:in", "d": "nic", "width": 64}"#,
      rows)
    #expect(events.map(\.value) == [0xffff_ffff, .max])
  }

  @Test(
    "say where they are wrong, and what was expected",
    arguments: [
      ("", "e.yaml: empty"),
      ("- 1", "e.yaml:1:1: expected one key, events, with a list of events; found a list"),
      ("events: 3", "e.yaml:1:9: expected a list of events; found '3'"),
      (
        "events:\n  - {event: map, call: dma_map_page}",
        "e.yaml:2:13: expected SYSTEM:NAME, or *:NAME for an event of any group; found 'map'"
      ),
      (
        "events:\n  - {event: a:b, call: dma_mop}",
        "e.yaml:2:24: expected a function of the DMA API, as dmascope explain events lists them; found 'dma_mop'"
      ),
      (
        "events:\n  - {event: a:b, call: dma_get_required_mask, fields: {size: x}}",
        "e.yaml:2:56: expected a parameter of dma_get_required_mask: dev, dev_name, device, hwdev, mask, pdev, ret; found 'size'"
      ),
      (
        "events:\n  - event: a:b\n    call: dma_map_page\n    when: later",
        "e.yaml:4:11: expected one of call, entry, return; found 'later'"
      ),
      (
        "events:\n  - event: a:b\n    call: dma_map_page\n    fields:\n      size: {field: pages, time: 4096}",
        "e.yaml:5:28: expected one of field, hex, and, shift, times, plus, bits, wholePages, values; found 'time'"
      ),
      (
        "events:\n  - event: a:b\n    call: dma_map_page\n    fields:\n      size: {field: pages, shift: 64}",
        "e.yaml:5:35: expected a number from -63 to 63; found '64'"
      ),
      (
        "events:\n  - event: a:b\n    call: dma_map_page\n    fields:\n      size: \"a=b c\"",
        "e.yaml:5:13: expected the name of a field, of letters, digits and _; found 'a=b c'"
      ),
      (
        "events:\n  - event: a:b\n    call: dma_map_page\n    constants: {dir: UP}",
        "e.yaml:4:22: expected TO_DEVICE, FROM_DEVICE, BIDIRECTIONAL or NONE; found 'UP'"
      ),
      (
        "events:\n  - event: a:b\n    call: dma_map_page\n    fields: {dev: a, device: b}",
        "e.yaml:4:22: expected each parameter once, under one of its names; found 'device'"
      ),
    ])
  func misfits(_ text: String, _ expected: String) {
    #expect(throws: YAMLFileError(expected)) { try EventFile.read(text, path: "e.yaml") }
  }

  @Test("say what is no YAML, with its line")
  func notYAML() throws {
    let error = try #require(throws: YAMLFileError.self) {
      try EventFile.read("events: [", path: "e.yaml")
    }
    #expect(error.description.hasPrefix("e.yaml: line "))
  }
}
