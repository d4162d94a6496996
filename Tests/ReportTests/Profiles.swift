import DMAModel
import Replay

/// Profiles made by hand; their numbers are chosen, not computed, so that a report that computes is found out.
enum Profiles {
  /// The table of the arm64 architecture (DESIGN, "Cache operation by architecture").
  static let arm64Operations: [MaintenanceStep: [Direction: String]] = [
    .forDevice: [.toDevice: "clean", .fromDevice: "clean", .bidirectional: "clean"],
    .forCPU: [.toDevice: "none", .fromDevice: "invalidate", .bidirectional: "invalidate"],
    .prepare: [.bidirectional: "clean"],
  ]

  static var arm64: PlatformUse {
    var platform = PlatformUse()
    platform.name = "arm64"
    platform.architecture = "arm64"
    platform.source = "built in"
    platform.operations = arm64Operations
    return platform
  }

  /// A recording of 2 s on 2 CPUs that lost nothing.
  static var recording: Recording {
    var recording = Recording()
    recording.path = "board.dat"
    recording.format = "trace.dat v7 (zstd)"
    recording.kernel = "6.12.117"
    recording.architecture = "aarch64"
    recording.clock = "local"
    recording.cpus = 2
    recording.firstTime = 1_000_000_000
    recording.lastTime = 3_000_000_000
    recording.eventsByName = ["dma_map_page": 1200, "dma_unmap_page": 1200, "mystery": 3]
    recording.undecodedEvents = ["mystery"]
    return recording
  }

  /// A non-coherent disk with an observed mask, and a network card that presses its 32-bit mask.
  static var board: Profile {
    var profile = Profile()
    profile.recording = recording
    profile.platform = arm64
    profile.caveats = ["That the devices are not coherent is assumed from the platform."]
    profile.devices = [disk, card]
    profile.totals = boardTotals
    var measured = Measured()
    measured.recordedSteps = [.forDevice, .forCPU]
    measured.maintenance = profile.totals.maintenance
    profile.measured = measured
    profile.operations = [mapOfDisk]
    profile.tasks = [task]
    profile.timeline = timeline
    profile.live = [liveMapping]
    return profile
  }

  static var disk: DeviceProfile {
    var disk = DeviceProfile()
    disk.name = "0000:00:03.0"
    disk.addressing = .direct(offset: 0)
    disk.streamingMask = 0x1_ffff_ffff
    disk.map = counts(calls: 1000, bytes: 4_096_000)
    disk.unmap = counts(calls: 999, bytes: 4_091_904)
    disk.mapsByDirection[Int(Direction.toDevice.rawValue)] = disk.map
    disk.maintenance[.forDevice, .toDevice] = Maintenance(calls: 1000, bytes: 4_096_000, lines: 64_000)
    disk.maintenance[.forCPU, .toDevice] = Maintenance(calls: 999, bytes: 4_091_904, lines: 63_936)
    disk.work.calls = 1999
    disk.work.cleanedLines = 64_000
    disk.work.cleanedBytes = 4_096_000
    disk.live.mappings = 1
    disk.live.bytes = 4096
    disk.peak.mappings = 32
    disk.peak.bytes = 131_072
    disk.highestAddress = 0x1_3fff_ffff
    disk.byWidth[33].mappings = 1000
    disk.byWidth[33].bytes = 4_096_000
    disk.estimate = Estimate(low: 640_000, mid: 1_280_000, high: 3_200_000)
    for age: UInt64 in 1...999 { disk.lifetimes.record(age * 1000) }
    return disk
  }

  static var card: DeviceProfile {
    var card = DeviceProfile()
    card.name = "0000:00:05.0"
    card.coherentBecause = .maintenanceRecorded
    card.addressing = .direct(offset: 0)
    card.streamingMask = 0xffff_ffff
    card.coherentMask = 0xffff_ffff
    card.maskBecause = .set
    card.maskHistory = [
      MaskChange(time: 1_000_500_000, streaming: true, coherent: true, mask: .max, accepted: false),
      MaskChange(time: 1_000_600_000, streaming: true, coherent: true, mask: 0xffff_ffff, accepted: true),
    ]
    card.map = counts(calls: 200, bytes: 300_000)
    card.unmap = counts(calls: 200, bytes: 300_000)
    card.maintenance[.forDevice, .fromDevice] = Maintenance(calls: 200, bytes: 300_000, lines: 4_800)
    card.maintenance[.forCPU, .fromDevice] = Maintenance(calls: 200, bytes: 300_000, lines: 4_800)
    card.work.calls = 400
    card.work.cleanedLines = 4_800
    card.work.cleanedBytes = 300_000
    card.work.invalidatedLines = 4_800
    card.work.invalidatedBytes = 300_000
    card.bounce.mappings = 150
    card.bounce.requests = 150
    card.bounce.mask = 150
    card.bounce.bytesIn = 225_000
    card.bounce.bytesOut = 225_000
    card.highestAddress = 0xbfff_f7ff
    card.byWidth[32].mappings = 200
    card.byWidth[32].bytes = 300_000
    card.pressure = 0.75
    card.estimate = Estimate(low: 160_000, mid: 320_000, high: 800_000)
    return card
  }

  static var boardTotals: Totals {
    var totals = Totals()
    totals.map = counts(calls: 1200, bytes: 4_396_000)
    totals.unmap = counts(calls: 1199, bytes: 4_391_904)
    totals.maintenance += disk.maintenance
    totals.maintenance += card.maintenance
    totals.work += disk.work
    totals.work += card.work
    totals.bounce += card.bounce
    totals.live = disk.live
    totals.peak = disk.peak
    totals.estimate = Estimate(low: 800_000, mid: 1_600_000, high: 4_000_000)
    return totals
  }

  static var mapOfDisk: OperationProfile {
    var row = OperationProfile()
    row.device = "0000:00:03.0"
    row.direction = .toDevice
    row.apiCalls = 1000
    row.maintenance = Maintenance(calls: 1000, bytes: 4_096_000, lines: 64_000)
    row.work.calls = 1000
    row.work.cleanedLines = 64_000
    return row
  }

  static var task: TaskProfile {
    var task = TaskProfile()
    task.name = "kworker/0:1"
    task.pids = [17]
    task.apiCalls = 2399
    task.work = boardTotals.work
    task.bouncedBytes = 450_000
    task.estimate = boardTotals.estimate
    return task
  }

  static var timeline: Timeline {
    var timeline = Timeline()
    timeline.start = 1_000_000_000
    timeline.bucketNs = 500_000_000
    timeline.buckets = 4
    var series = DeviceSeries()
    series.device = "0000:00:03.0"
    series.cleanedLines = [8_000, 0, 24_000, 32_000]
    series.invalidatedLines = [0, 0, 0, 0]
    series.bouncedBytes = [0, 0, 0, 0]
    series.maps = [125, 0, 375, 500]
    series.liveBytes = [131_072, 0, 65_536, 4096]
    series.swiotlbSlots = [0, 0, 0, 0]
    timeline.series = [series]
    return timeline
  }

  static var liveMapping: LiveMapping {
    var mapping = LiveMapping()
    mapping.device = "0000:00:03.0"
    mapping.busAddress = 0x1_3fff_f000
    mapping.physicalAddress = 0x1_3fff_f000
    mapping.size = 4096
    mapping.direction = .toDevice
    mapping.mappedAt = 2_500_000_000
    mapping.age = 500_000_000
    mapping.task = "kworker/0:1"
    return mapping
  }

  static func counts(calls: UInt64, bytes: UInt64) -> CallCounts {
    var counts = CallCounts()
    (counts.calls, counts.segments, counts.bytes) = (calls, calls, bytes)
    return counts
  }
}
