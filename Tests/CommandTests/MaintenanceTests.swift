import Testing

/// The model against the kernel: arguments and number of the calls that its maintenance functions got.
@Suite("Predicted cache maintenance")
struct MaintenanceTests {
  static let directions = ["TO_DEVICE", "FROM_DEVICE", "BIDIRECTIONAL"]
  static let steps = ["forDevice": "arch_sync_dma_for_device", "forCPU": "arch_sync_dma_for_cpu"]

  /// Lists over 128 entries: the event does not carry what the rest was.
  static let cutLists = ["trunc-b.dat", "trunc-smmu-b.dat"]
  static let lossy = Facts.maintenance.filter { $0.value.lost > 0 }.keys.sorted()
  /// Devices that are coherent: the kernel did nothing for them.
  static let coherent = ["coherent.dat", "coh-b.dat", "smmu-coh-b.dat", "swiotlb-force-coh-b.dat"]
  static let exact = Facts.maintenance.keys.sorted().filter {
    !cutLists.contains($0) && !lossy.contains($0) && !coherent.contains($0)
  }

  static func report(_ fixture: String, line: Int) throws -> Report {
    // In mixed-b one device has `dma-coherent` in the device tree, which no event tells.
    let coherent = fixture == "mixed-b.dat" ? "a003e00.virtio_mmio" : "no such device"
    return try Report(
      on: fixture, "--platform", "arm64", "--cache-line", "\(line)", "--coherent", coherent)
  }

  @Test("is what the kernel did: calls, bytes and lines, by direction", arguments: exact)
  func exactness(fixture: String) throws {
    let facts = try #require(Facts.maintenance[fixture])
    try #require(!facts.truth.isEmpty)
    let report = try Self.report(fixture, line: facts.line)
    for (step, function) in Self.steps {
      for direction in Self.directions {
        let expected = facts.truth[function]?[direction] ?? Facts.Sum()
        let predicted = report.totals.maintenance[step]?.fact(direction)
        #expect(predicted == expected, "\(function) \(direction)")
      }
    }
  }

  @Test(
    "is attributed to the device that it was done for",
    arguments: exact.filter { Facts.maintenance[$0]?.devices.isEmpty == false })
  func attribution(fixture: String) throws {
    let facts = try #require(Facts.maintenance[fixture])
    let report = try Self.report(fixture, line: facts.line)
    for (name, table) in facts.devices {
      let device = try #require(report.devices.first { $0.name == name }, "no \(name)")
      for (step, function) in Self.steps {
        for direction in Self.directions {
          let expected = table[function]?[direction] ?? Facts.Sum()
          #expect(device.maintenance[step]?.fact(direction) == expected, "\(name) \(function) \(direction)")
        }
      }
    }
  }

  @Test(
    "takes as many instructions as the kernel's loops over lines",
    arguments: exact.filter { Facts.maintenance[$0]?.instructions != nil })
  func instructions(fixture: String) throws {
    let facts = try #require(Facts.maintenance[fixture])
    let predicted = try Self.report(fixture, line: facts.line).totals.instructions
    #expect(predicted + (Self.hiddenByMerging[fixture] ?? 0) == facts.instructions)
  }

  /// Entries of a few bytes at the end of lists that an IOMMU joined: they lie within a line, which takes two
  /// instructions, and the event of a joined list does not show them.
  private static let hiddenByMerging: [String: UInt64] = ["smmu-nc-b.dat": 5, "smmu-ncwalk-b.dat": 5]

  @Test("of scatterlists over 128 entries is exact in calls, and a lower bound in lines", arguments: cutLists)
  func cutScatterlists(fixture: String) throws {
    let facts = try #require(Facts.maintenance[fixture])
    let report = try Self.report(fixture, line: facts.line)
    var unsized: UInt64 = 0
    for (step, function) in Self.steps {
      for direction in Self.directions {
        let expected = facts.truth[function]?[direction] ?? Facts.Sum()
        let predicted = try #require(report.totals.maintenance[step]?[direction])
        #expect(predicted.calls == expected.calls, "\(function) \(direction)")
        // Only calls of unknown size may be missing from the lines.
        if predicted.unsizedCalls ?? 0 == 0 {
          #expect(predicted.lines == expected.lines, "\(function) \(direction)")
        } else {
          #expect(predicted.lines < expected.lines, "\(function) \(direction)")
        }
        unsized += predicted.unsizedCalls ?? 0
      }
    }
    // Behind the SMMU the lists came to fewer than 128 entries, which the event holds.
    #expect(fixture.contains("smmu") ? unsized == 0 : unsized > 0)
  }

  @Test("differs by no more than what was lost", arguments: lossy)
  func losses(fixture: String) throws {
    let facts = try #require(Facts.maintenance[fixture])
    let report = try Self.report(fixture, line: facts.line)
    #expect(report.input.lostEvents == facts.lost)
    var difference: UInt64 = 0
    for (step, function) in Self.steps {
      for direction in Self.directions {
        let recorded = facts.truth[function]?[direction]?.calls ?? 0
        let predicted = report.totals.maintenance[step]?[direction]?.calls ?? 0
        difference += max(recorded, predicted) - min(recorded, predicted)
      }
    }
    // An event of either kind may be missing beside its counterpart.
    #expect(difference <= facts.lost)
  }

  @Test("is nothing at all for coherent devices", arguments: coherent)
  func coherentDevices(fixture: String) throws {
    let report = try Report(on: fixture, "--platform", "arm64", "--coherent", "*")
    #expect(report.totals.map.calls > 0)
    #expect(report.devices.filter { !$0.coherent }.map(\.name) == [])
    #expect(report.totals.calls == 0)
    for (step, row) in report.totals.maintenance {
      for (direction, sum) in row { #expect(sum.calls == 0, "\(step) \(direction)") }
    }
  }

  @Test(
    "of new coherent memory covers the bytes that the kernel prepared",
    arguments: exact.filter { Facts.maintenance[$0]?.prepare != nil })
  func prepare(fixture: String) throws {
    let facts = try #require(Facts.maintenance[fixture])
    let expected = try #require(facts.prepare)
    let report = try Self.report(fixture, line: facts.line)
    let predicted = try #require(report.totals.maintenance["prepare"]?["BIDIRECTIONAL"])
    let grown = Self.atomicPoolGrowth[fixture] ?? Facts.Sum()
    #expect(predicted.bytes + grown.bytes == expected.bytes)
    if fixture.contains("smmu") && fixture != "smmu-pt-b.dat" {
      // Behind an IOMMU one allocation is made of blocks of pages from wherever there are some, and each block is
      // prepared on its own: how many there were, no event tells.
      #expect(predicted.calls <= expected.calls)
    } else {
      #expect(predicted.calls + grown.calls == expected.calls)
    }
  }

  /// Where the first allocation that may not block left the kernel's atomic pool too small, its worker doubled the
  /// pool: one pass over 256 KiB (`atomic_pool_expand`, kernel/dma/pool.c) that no call of the API stands for.
  private static let atomicPoolGrowth: [String: Facts.Sum] = [
    "noncoherent.dat": Facts.Sum(calls: 1, bytes: 262_144, lines: 4096),
    "nc-b.dat": Facts.Sum(calls: 1, bytes: 262_144, lines: 4096),
  ]

  // Summed by a script of its own from what trace-cmd prints: times of entry and return probes, durations in a graph.
  @Test(
    "takes as long as trace-cmd's output adds up to",
    arguments: [
      ("kret-b.dat", [(2368, 20_077_872), (2368, 19_152_832), nil]),
      ("fgraph-b.dat", [(1754, 31_844_160), (1754, 12_961_488), (10, 705_888)]),
    ] as [(String, [(UInt64, UInt64)?])])
  func durations(fixture: String, expected: [(calls: UInt64, totalNs: UInt64)?]) throws {
    let report = try Report(on: fixture)
    let time = try #require(report.measuredTime)
    for (sum, expected) in zip([time.forDevice, time.forCPU, time.prepare], expected) {
      #expect(sum?.calls == expected?.calls)
      #expect(sum?.totalNs == expected?.totalNs)
    }
    // Some calls do nothing, and tell what recording takes.
    #expect(try #require(time.netNs) < time.totalNs)
    // The recording's own durations are the prices.
    #expect(report.platform.calibrated)
  }

  @Test("stands beside the kernel's own record", arguments: Facts.maintenance.keys.sorted())
  func record(fixture: String) throws {
    let facts = try #require(Facts.maintenance[fixture])
    let measured = try Self.report(fixture, line: facts.line).measured
    for (function, row) in facts.truth {
      let recorded = function == "arch_sync_dma_for_cpu" ? measured?.forCPU : measured?.forDevice
      for (direction, sum) in row { #expect(recorded?.fact(direction) == sum, "\(function) \(direction)") }
    }
    if let prepare = facts.prepare, prepare.calls > 0 {
      let recorded = try #require(measured?.prepare).values
      #expect(recorded.reduce(0) { $0 + $1.calls } == prepare.calls)
      #expect(recorded.reduce(0) { $0 + $1.bytes } == prepare.bytes)
    }
  }
}
