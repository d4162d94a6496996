import Testing

@Suite("Filters")
struct FilterTests {
  @Test("by device leave the others out and change nothing for it")
  func device() throws {
    let all = try Report(on: "nc-b.dat", "--platform", "arm64")
    let one = try Report(on: "nc-b.dat", "--platform", "arm64", "--device", "0000:00:05.0")
    #expect(one.devices.map(\.name) == ["0000:00:05.0"])
    let device = try #require(all.devices.first { $0.name == "0000:00:05.0" })
    #expect(one.devices.first?.maintenance == device.maintenance)
    #expect(one.totals.maintenance == device.maintenance)
    let two = try Report(on: "nc-b.dat", "--device", "*:02.0", "--device", "*:03.0")
    #expect(two.devices.map(\.name) == ["0000:00:02.0", "0000:00:03.0"])
  }

  @Test("by CPU, time and task split what there is", arguments: ["nc-b.dat", "v6-b.dat"])
  func partition(fixture: String) throws {
    let all = try Report(on: fixture)
    let cpus = try (Report(on: fixture, "--cpu", "0"), Report(on: fixture, "--cpu", "1"))
    #expect(cpus.0.totals.map.calls > 0)
    #expect(cpus.1.totals.map.calls > 0)
    #expect(cpus.0.totals.map.calls + cpus.1.totals.map.calls == all.totals.map.calls)
    #expect(try Report(on: fixture, "--cpu", "0-1").totals.map == all.totals.map)
    #expect(try Report(on: fixture, "--task", "no such task").totals.map.calls == 0)
  }

  /// In the seconds that trace-cmd prints.
  @Test("by time keep what lies between")
  func time() throws {
    let all = try Report(on: "nc-b.dat").totals.map.calls
    let parts = try [
      Report(on: "nc-b.dat", "--to", "18"), Report(on: "nc-b.dat", "--from", "18"),
    ].map(\.totals.map.calls)
    #expect(parts.allSatisfy { $0 > 0 })
    #expect(parts.reduce(0, +) == all)
    #expect(try Report(on: "nc-b.dat", "--from", "18", "--to", "19").totals.map.calls < parts[1])
    #expect(try Report(on: "nc-b.dat", "--from", "100").totals.map.calls == 0)
  }
}
