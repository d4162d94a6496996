import DMAModel
import Replay

/// The figures of the answer, in the order in which a reader asks for them.
struct AnswerFigures {
  let context: ReportContext
  private var profile: Profile { context.profile }
  private var totals: Totals { context.profile.totals }

  var all: [AnswerFigure] {
    profile.devices.isEmpty
      ? []
      : [coherency, estimate, record, masks, bounces, failures, iommu, avoidable, live, findings]
        .compactMap { $0 }
  }

  private var coherency: AnswerFigure {
    let work = totals.work
    var lines: [Markup] = []
    if work.lines > 0 {
      lines.append("\(count: work.cleanedLines) cleaned, \(count: work.invalidatedLines) invalidated")
      let bytes = Numbers.multiply(work.lines, profile.platform.cacheLine)
      lines.append("\(bytes: bytes) of lines, \(Formatting.count(work.calls, "call"))")
    }
    if work.prepareCalls > 0 {
      lines.append("and \(Formatting.count(work.preparedLines, "line")) prepared for coherent memory")
    }
    let unsized = totals.maintenance.total.unsizedCalls
    if unsized > 0 { lines.append("\(Formatting.count(unsized, "call")) of unknown size not in the lines") }
    if work.lines == 0 && profile.devices.allSatisfy(\.coherent) { lines.append("every device is coherent") }
    return AnswerFigure(
      title: "Coherency", definition: "maintenance", value: "\(count: work.lines)",
      unit: work.lines == 1 ? "cache line" : "cache lines",
      lines: lines)
  }

  private var estimate: AnswerFigure? {
    guard totals.estimate.high > 0 else { return nil }
    let platform = profile.platform
    var lines: [Markup] = []
    if let share = profile.estimatedShare {
      let cpus = UInt64(max(0, profile.recording.cpus))
      lines.append(
        """
        \(Formatting.percentRange(low: share.low, high: share.high)) of \(Formatting.count(cpus, "CPU")) over \
        \(Formatting.duration(profile.recording.span))
        """)
    }
    if let time = profile.measuredTime {
      let net =
        time.net.map { ", ≈ \(Formatting.duration($0)) without recording it" } ?? ", recording included"
      lines.append(
        "\(Piece.define("measured-time", "measured")): \(Formatting.duration(time.nanoseconds))\(net)")
    }
    if let mapping = totals.estimatePerMapping, let mebibyte = totals.estimatePerMiB {
      lines.append(
        "≈ \(Formatting.range(mapping)) a \(Piece.define("unit-cost", "mapping")), ≈ \(Formatting.range(mebibyte)) a MiB mapped"
      )
    }
    if let share = totals.roundingShare(cacheLine: platform.cacheLine), share > 0 {
      lines.append(
        "\(Formatting.percent(share)) of the lines' bytes are \(Piece.define("rounding", "rounding"))")
    }
    lines.append("platform \(platform.name), \(Formatting.standing(platform))")
    return AnswerFigure(
      title: "Estimated cost", definition: "estimate", value: "\(Formatting.range(totals.estimate))",
      unit: "CPU time", lines: lines)
  }

  /// The row that would save most.
  private var avoidable: AnswerFigure? {
    guard let first = profile.avoidable.first, first.estimate.high > 0 else { return nil }
    let more = profile.avoidable.count - 1
    var lines: [Markup] = [
      "\(first.kind.definition.title): \(first.occurrences)", context.link(first.device),
    ]
    if more > 0 { lines.append("<a href=\"#avoidable\">\(Formatting.count(UInt64(more), "more row"))</a>") }
    return AnswerFigure(
      title: "Avoidable", definition: "avoidable",
      value: "\(first.isUpperBound ? "≤ " : "")\(Formatting.range(first.estimate))", unit: "CPU time",
      lines: lines)
  }

  private var record: AnswerFigure? {
    guard let measured = profile.measured else { return nil }
    let recorded = MaintenanceStep.allCases.filter { measured.recordedSteps.contains($0) }
    let calls = Numbers.sum(recorded.filter { $0 != .prepare }.map { measured.maintenance.total($0).calls })
    let steps = recorded.map(Wording.step).joined(separator: ", ")
    let equal = measured.callDifference == 0 && measured.lineDifference == 0
    var lines: [Markup] = [
      equal
        ? "equal to the model, call by call and line by line"
        : """
        the model predicts \(difference(measured.callDifference, "call")) and \
        \(difference(measured.lineDifference, "line"))
        """
    ]
    if measured.recordedSteps.contains(.prepare), measured.prepareLineDifference != 0 {
      lines.append("of new memory the model prepares \(difference(measured.prepareLineDifference, "line"))")
    }
    lines.append("recorded: \(steps.isEmpty ? "nothing" : steps)")
    return AnswerFigure(
      title: "Kernel's own record", definition: "measured", value: "\(count: calls)",
      unit: calls == 1 ? "call" : "calls",
      lines: lines, tone: equal ? "good" : "bad")
  }

  private func difference(_ value: Int64, _ noun: String) -> String {
    if value == 0 { return "as many \(noun)s" }
    return Formatting.count(value.magnitude, (value > 0 ? "more " : "fewer ") + noun)
  }

  private var bounces: AnswerFigure {
    let bounce = totals.bounce
    var lines: [Markup] = []
    if bounce.bytes > 0 { lines.append("\(bytes: bounce.bytesIn) copied in, \(bytes: bounce.bytesOut) out") }
    let causes = Wording.causes(bounce).map { "\($0.name) \(Formatting.count($0.count))" }
    if !causes.isEmpty { lines.append("cause: \(causes.joined(separator: ", "))") }
    let devices = context.ranking.devices.filter { $0.bounce.mappings > 0 || $0.bounce.requests > 0 }
    if !devices.isEmpty { lines.append(names(devices)) }
    if bounce.unserved > 0 {
      let verdict = profile.recording.lostWindows > 0 ? "without a mapping" : "got no slot"
      lines.append("\(Formatting.count(bounce.unserved, "further request")) \(verdict)")
    }
    return AnswerFigure(
      title: "Bounces", definition: "bounce", value: "\(count: bounce.mappings)",
      unit: bounce.mappings == 1 ? "mapping" : "mappings",
      lines: lines, tone: bounce.mappings == 0 && bounce.requests == 0 ? "good" : "")
  }

  private var masks: AnswerFigure {
    let pressed = context.ranking.devices.filter { $0.pressure > 0 }.sorted { $0.pressure > $1.pressure }
    let bits = profile.devices.map(\.bitsUsed).max() ?? 0
    let highest = profile.devices.compactMap(\.highestAddress).max()
    var lines: [Markup] = []
    if !pressed.isEmpty { lines.append(names(pressed)) }
    if let highest { lines.append("highest address \(Formatting.hex(highest)), \(bits) bits") }
    let tight = context.ranking.devices.filter { $0.headroomBits == 0 && !($0.pressure > 0) }
    if !tight.isEmpty { lines.append("no headroom left: \(names(tight))") }
    return AnswerFigure(
      title: "Mask pressure", definition: "mask-pressure",
      value: pressed.first.map { "\(Formatting.percent(Numbers.unit($0.pressure)))" } ?? "none",
      unit: pressed.isEmpty ? "" : pressed.count == 1 ? "of the bytes of" : "at worst",
      lines: lines, tone: pressed.isEmpty ? "good" : "bad")
  }

  private var failures: AnswerFigure? {
    let failed = Numbers.add(totals.map.failed, totals.allocate.failed)
    guard failed > 0 else { return nil }
    var lines: [Markup] = []
    if totals.map.failed > 0 { lines.append("\(Formatting.count(totals.map.failed, "map")) refused") }
    if totals.allocate.failed > 0 {
      lines.append("\(Formatting.count(totals.allocate.failed, "allocation")) refused")
    }
    lines.append(names(context.ranking.devices.filter { $0.map.failed > 0 || $0.allocate.failed > 0 }))
    return AnswerFigure(
      title: "Failed", value: "\(count: failed)", unit: failed == 1 ? "call" : "calls", lines: lines,
      tone: "bad")
  }

  private var iommu: AnswerFigure? {
    let behind = profile.devices.filter { $0.addressing == .iommu }.count
    guard behind > 0 || totals.iotlbInvalidations > 0 || totals.iommuFaults > 0 else { return nil }
    var lines: [Markup] = ["\(Formatting.count(UInt64(behind), "device")) behind it"]
    if totals.iommuMaps > 0 || totals.iommuUnmaps > 0 {
      lines.append(
        """
        \(Formatting.count(totals.iommuMaps, "map")) of \(bytes: totals.iommuMappedBytes), \
        \(Formatting.count(totals.iommuUnmaps, "unmap")) of \(bytes: totals.iommuUnmappedBytes)
        """)
    }
    if totals.iommuFaults > 0 { lines.append("\(Formatting.count(totals.iommuFaults, "page fault"))") }
    return AnswerFigure(
      title: "IOMMU", definition: "iotlb", value: "\(count: totals.iotlbInvalidations)",
      unit: "IOTLB invalidations at most", lines: lines, tone: totals.iommuFaults > 0 ? "bad" : "")
  }

  private var live: AnswerFigure {
    let live = totals.live
    var lines: [Markup] = []
    if live.mappings > 0 { lines.append("\(bytes: live.bytes) in streaming mappings") }
    if live.coherentBlocks > 0 {
      lines.append("\(Formatting.count(live.coherentBlocks, "coherent block")), \(bytes: live.coherentBytes)")
    }
    if totals.liveUncertain > 0 { lines.append("\(count: totals.liveUncertain) of them uncertain") }
    let unknown = Numbers.add(totals.unmap.unknown, totals.free.unknown)
    if unknown > 0 {
      lines.append(
        "\(Formatting.count(unknown, "release")) of what was \(Piece.define("unknown", "mapped before the trace"))"
      )
    }
    if totals.peak.mappings > 0 {
      lines.append(
        "at the peak \(Formatting.count(totals.peak.mappings, "mapping")), \(bytes: totals.peak.bytes)")
    }
    return AnswerFigure(
      title: "Mapped at the end", definition: "live", value: "\(count: live.mappings)",
      unit: live.mappings == 1 ? "mapping" : "mappings",
      lines: lines)
  }

  private var findings: AnswerFigure {
    let counts = FindingCounts(profile.findings)
    let worst = profile.findings.map(\.severity).max()
    let tone = worst == nil ? "good" : worst == .hint ? "" : "bad"
    return AnswerFigure(
      title: "Findings", value: counts.total == 0 ? "none" : "\(count: UInt64(counts.total))",
      lines: counts.total == 0 ? [] : ["<a href=\"#findings\">\(counts.text)</a>"], tone: tone)
  }

  /// Up to three devices by name, and how many more.
  private func names(_ devices: [DeviceProfile]) -> Markup {
    let named = devices.prefix(3).map { context.link($0.name) }.joined(", ")
    return devices.count > 3 ? "\(named) and \(devices.count - 3) more" : named
  }
}
