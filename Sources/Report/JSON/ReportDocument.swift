import DMAModel
import Replay

/// The document of schema `dmascope.report/1`.
///
/// Counts are exact integers; times are nanoseconds on the recording's clock (`…Ns`), sizes bytes, addresses and masks
/// strings `"0x…"`. What is not known is `null`. Names are stable: later versions add keys and never change one.
///
/// | key | holds |
/// | --- | --- |
/// | `schema`, `tool.{name, version}` | what this is, what wrote it |
/// | `filter` | the filter that was applied, or null |
/// | `caveats[]` | sentences that limit the truth of the rest, most important first |
/// | `input` | the recording: see `InputDocument` |
/// | `platform` | `name`, `architecture`, `cacheLine` (bytes), `calibrated`, `source`, `operations.STEP.DIRECTION`, `prices.WORK`… |
/// | `devices[]` | see `DeviceDocument`, by name |
/// | `totals` | sums over the devices: see `TotalsDocument` |
/// | `measured` | the kernel's own record, by step and direction; null where the trace has none |
/// | `measuredTime` | recorded durations of the kernel's maintenance, in nanoseconds; null where the trace has none |
/// | `callSites[]`, `operations[]`, `tasks[]` | who caused it, most lines first |
/// | `avoidable[]` | work that a change would save, the dearest first: see `AvoidableDocument`; rows overlap |
/// | `whatIf[]` | what each `--what-if` came to, in order: see `ScenarioDocument` |
/// | `timeline[]` | a row for each device and bucket in which anything is not 0 |
/// | `timelineLossesNs[]` | begins of the buckets during which events were lost |
/// | `pools[]` | `dma_pool`s |
/// | `findings[]` | rules of the API that were broken, most severe first: see `FindingDocument` |
/// | `live[]` | everything mapped at the end; only when asked for |
///
/// STEP is `forDevice`, `forCPU` or `prepare`, DIRECTION is `TO_DEVICE`, `FROM_DEVICE` or `BIDIRECTIONAL`.
struct ReportDocument: Encodable {
  var schema = "dmascope.report/1"
  var tool: Tool
  @OrNull var filter: String?
  var caveats: [String]
  var input: InputDocument
  var platform: PlatformDocument
  var devices: [DeviceDocument]
  var totals: TotalsDocument
  @OrNull var measured: MeasuredDocument?
  @OrNull var measuredTime: MeasuredTimeDocument?
  var callSites: [CallSiteDocument]
  var operations: [OperationDocument]
  var tasks: [TaskDocument]
  var avoidable: [AvoidableDocument]
  var whatIf: [ScenarioDocument]
  var timeline: [TimelineDocument]
  var timelineLossesNs: [UInt64]
  var pools: [PoolDocument]
  var findings: [FindingDocument]
  var live: [LiveDocument]?

  struct Tool: Encodable {
    var name = "dmascope"
    var version: String
  }

  init(_ profile: Profile, toolVersion: String, includeLive: Bool) {
    tool = Tool(version: toolVersion)
    filter = profile.filter.isEmpty ? nil : profile.filter
    caveats = profile.caveats
    input = InputDocument(profile.recording)
    platform = PlatformDocument(profile.platform)
    devices = profile.devices.map { DeviceDocument($0, platform: profile.platform) }
    totals = TotalsDocument(profile)
    measured = profile.measured.map(MeasuredDocument.init)
    measuredTime = profile.measuredTime.map(MeasuredTimeDocument.init)
    callSites = profile.callSites.map(CallSiteDocument.init)
    operations = profile.operations.map(OperationDocument.init)
    tasks = profile.tasks.map(TaskDocument.init)
    avoidable = profile.avoidable.map(AvoidableDocument.init)
    whatIf = profile.whatIf.map(ScenarioDocument.init)
    timeline = TimelineDocument.rows(of: profile.timeline)
    timelineLossesNs = profile.timeline.lossBuckets.map { profile.timeline.beginning(ofBucket: $0) }
    pools = profile.pools.map(PoolDocument.init)
    findings = profile.findings.map(FindingDocument.init)
    live = includeLive ? profile.live.map(LiveDocument.init) : nil
  }
}

/// Where the numbers come from, and what is missing in it.
struct InputDocument: Encodable {
  var path: String
  var format: String
  @OrNull var kernel: String?
  @OrNull var arch: String?
  @OrNull var clock: String?
  var cpus: Int
  var pageSize: Int
  var firstNs: UInt64
  var lastNs: UInt64
  var spanNs: UInt64
  var events: UInt64
  var eventsByName: [String: UInt64]
  /// Names among `eventsByName` that are counted but not understood.
  var undecodedEvents: [String]
  /// Events lost as far as the recorder gives numbers; `lostWindowsWithoutCount` of `lostWindows` have none.
  var lostEvents: UInt64
  var lostWindows: UInt64
  var lostWindowsWithoutCount: UInt64
  var overruns: UInt64
  /// Whether part of the input could not be read; `problems` says why.
  var incomplete: Bool
  var problems: [String]
  var skipped: [String: UInt64]
  var buffers: [Buffer]

  struct Buffer: Encodable {
    var name: String
    @OrNull var clock: String?
    var cpus: [Int]
    var storedBytes: UInt64
    var events: UInt64
    var lostEvents: UInt64
    var lostWindows: UInt64

    init(_ buffer: Recording.Buffer) {
      name = buffer.name
      clock = buffer.clock.isEmpty ? nil : buffer.clock
      cpus = buffer.cpus
      storedBytes = buffer.storedBytes
      events = buffer.events
      lostEvents = buffer.lostEvents
      lostWindows = buffer.lostWindows
    }
  }

  init(_ recording: Recording) {
    path = recording.path
    format = recording.format
    kernel = recording.kernel.isEmpty ? nil : recording.kernel
    arch = recording.architecture.isEmpty ? nil : recording.architecture
    clock = recording.clock.isEmpty ? nil : recording.clock
    cpus = recording.cpus
    pageSize = recording.pageSize
    firstNs = recording.firstTime
    lastNs = recording.lastTime
    spanNs = recording.span
    events = recording.events
    eventsByName = recording.eventsByName
    undecodedEvents = recording.undecodedEvents.sorted()
    lostEvents = recording.lostEvents
    lostWindows = recording.lostWindows
    lostWindowsWithoutCount = recording.lostWindowsWithoutCount
    overruns = recording.overruns
    incomplete = recording.isIncomplete
    problems = recording.problems
    skipped = recording.skipped
    buffers = recording.buffers.map(Buffer.init)
  }
}

struct PlatformDocument: Encodable {
  var name: String
  var architecture: String
  var cacheLine: UInt64
  var calibrated: Bool
  var source: String
  var operations: [String: [String: String]]
  /// What an invalidation does about lines that a call covers in part: `invalidated`, `cleaned`, `cleanWholeCall`.
  var partialLines: String
  /// By kind of work (`cleanLine`…), in nanoseconds each.
  var prices: [String: PriceDocument]
  /// Ranges of RAM, first and last byte.
  var memory: [[String]]
  @OrNull var swiotlbBytes: UInt64?
  @OrNull var iommu: String?

  struct PriceDocument: Encodable {
    @OrNull var low: Double?
    @OrNull var mid: Double?
    @OrNull var high: Double?
    var source: String
    var measured: Bool
    /// Whether the estimates of this report rest on it.
    var used: Bool

    init(_ row: WorkPrice) {
      let range = row.price.range
      (low, mid, high) = (range.low.finite, range.mid.finite, range.high.finite)
      (source, measured, used) = (row.price.source, row.price.isMeasured, row.isUsed)
    }
  }

  init(_ platform: PlatformUse) {
    partialLines = platform.partialLines.rawValue
    prices = Dictionary(
      platform.prices.map { ($0.work.rawValue, PriceDocument($0)) }, uniquingKeysWith: { first, _ in first })
    memory = platform.memory.map { [Formatting.hex($0.lowerBound), Formatting.hex($0.upperBound)] }
    (swiotlbBytes, iommu) = (platform.swiotlb, platform.iommu?.rawValue)
    name = platform.name
    architecture = platform.architecture
    cacheLine = platform.cacheLine
    calibrated = platform.calibrated
    source = platform.source
    operations = Dictionary(
      uniqueKeysWithValues: platform.operations.map { step, row in
        (step.key, Dictionary(uniqueKeysWithValues: row.map { ($0.key.name, $0.value) }))
      })
  }
}

extension MaintenanceStep {
  /// The step's name in JSON.
  var key: String {
    switch self {
    case .forDevice: "forDevice"
    case .forCPU: "forCPU"
    case .prepare: "prepare"
    }
  }
}
