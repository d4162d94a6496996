import DMAModel
import Replay

extension TextReport {
  /// The answer in a screen: what coherency cost, who caused it, masks, bounces, what is left.
  func addSummary(to page: inout TextPage) {
    page.blank()
    page.summary("Coherency", coherency)
    page.summary("Cost", cost)
    page.summary("Most of it", mostOfIt)
    addMasks(to: &page)
    page.summary("Bounces", [bounces])
    page.summary("Failed", [failures], .alarm)
    page.summary("Avoidable", [avoidable])
    page.summary("IOMMU", [iommu])
    page.summary("Unknown", [unknownReleases])
    page.summary(isOver ? "At the end" : "Now", [atTheEnd])
    page.summary("Findings", [findings], profile.findings.contains { $0.severity == .error } ? .alarm : nil)
  }

  private var coherency: [[String]] {
    guard !profile.devices.isEmpty else { return [["no event of the DMA API, so nothing to account for"]] }
    let (work, line) = (profile.totals.work, profile.platform.cacheLine)
    guard work.calls > 0 || work.prepareCalls > 0 else { return [[noMaintenance]] + kernelsRecord }
    let bytes = work.lines.multipliedReportingOverflow(by: line)
    let size = bytes.overflow ? "" : " (\(Formatting.bytes(bytes.partialValue)))"
    let lines = Formatting.count(work.lines, "cache line")
    var groups = [
      ["\(lines)\(size) cleaned or invalidated, in \(Formatting.count(work.calls, "call"))"]
    ]
    if work.prepareCalls > 0 {
      let prepared = Formatting.count(work.preparedLines, "line")
      let passes = Formatting.count(work.prepareCalls, "pass", plural: "passes")
      groups.append(["and \(prepared) of new coherent memory prepared, in \(passes)"])
    }
    let unsized = profile.totals.maintenance.total.unsizedCalls
    if unsized > 0 {
      groups.append([
        "\(Formatting.count(unsized, "call")) more of unknown size: long scatterlists, cut in their events"
      ])
    }
    return groups + kernelsRecord
  }

  private var noMaintenance: String {
    let coherent = profile.devices.filter(\.coherent)
    let assumed = coherent.filter { $0.coherentBecause == .assumed }.count
    guard coherent.count == profile.devices.count else {
      return "no cache maintenance: the non-coherent devices mapped nothing that needs it"
    }
    let basis = assumed == 0 ? "" : assumed == coherent.count ? " (assumed)" : " (\(assumed) of them assumed)"
    let whose = coherent.count == 1 ? "the device is" : "all \(coherent.count) devices are"
    return "no cache maintenance: \(whose) coherent\(basis)"
  }

  /// How the model compares with the kernel's own maintenance events.
  private var kernelsRecord: [[String]] {
    guard let measured = profile.measured, !measured.recordedSteps.isEmpty else { return [] }
    let syncs = [MaintenanceStep.forDevice, .forCPU].filter { measured.recordedSteps.contains($0) }
    var groups: [[String]] = []
    if !syncs.isEmpty {
      let calls = syncs.reduce(UInt64(0)) { $0 &+ measured.maintenance.total($1).calls }
      let which = syncs.count == 2 ? "" : syncs == [.forDevice] ? " (for device only)" : " (for CPU only)"
      let differences = [
        difference(measured.callDifference, "call"), difference(measured.lineDifference, "line"),
      ].compactMap { $0 }
      let verdict =
        differences.isEmpty
        ? ", equal to the model" : "; the model has " + differences.joined(separator: ", ")
      groups.append(["kernel's own record\(which): \(Formatting.count(calls, "call"))\(verdict)"])
    }
    if measured.recordedSteps.contains(.prepare), measured.prepareLineDifference != 0 {
      let lines = difference(measured.prepareLineDifference, "line") ?? ""
      groups.append(["of new memory the model prepares \(lines) than the kernel's record"])
    }
    return groups
  }

  private func difference(_ value: Int64, _ noun: String) -> String? {
    if value == 0 { return nil }
    return Formatting.count(value.magnitude, noun) + (value > 0 ? " more" : " fewer")
  }

  private var cost: [[String]] {
    let estimate = profile.totals.estimate
    guard estimate.high > 0 else { return [] }
    var first = "≈ \(Formatting.range(estimate)) of CPU time"
    if let share = profile.estimatedShare {
      let cpus = Formatting.count(UInt64(max(0, profile.recording.cpus)), "CPU")
      first += ", \(Formatting.percentRange(low: share.low, high: share.high)) of \(cpus)"
    }
    return [[first, platform]] + measuredTime + unitCosts
  }

  private var unitCosts: [[String]] {
    let totals = profile.totals
    guard let mapping = totals.estimatePerMapping, let mebibyte = totals.estimatePerMiB else { return [] }
    var parts = ["≈ \(Formatting.range(mapping)) a mapping", "≈ \(Formatting.range(mebibyte)) a MiB mapped"]
    if let share = totals.roundingShare(cacheLine: profile.platform.cacheLine), share > 0 {
      parts.append("\(Formatting.percent(share)) of the lines' bytes are rounding")
    }
    return [parts]
  }

  /// Time that was recorded, not estimated.
  private var measuredTime: [[String]] {
    guard let time = profile.measuredTime else { return [] }
    let first =
      "measured: \(Formatting.duration(time.nanoseconds)) in \(Formatting.count(time.calls, "call"))"
    guard let net = time.net else { return [[first + ", recording included"]] }
    return [[first, "≈ \(Formatting.duration(net)) without recording it"]]
  }

  private var platform: String {
    let name = profile.platform.name.isEmpty ? "unnamed" : profile.platform.name
    return "platform \(name), \(Formatting.standing(profile.platform))"
  }

  private var bounces: [String] {
    let bounce = profile.totals.bounce
    guard bounce != Bounce() else { return profile.devices.isEmpty ? [] : ["none"] }
    var parts = [Formatting.count(bounce.mappings, "mapping")]
    if bounce.unserved > 0 {
      let further = Formatting.count(bounce.unserved, "request")
      parts.append(
        profile.recording.lostWindows > 0 ? "\(further) without a mapping" : "\(further) got no slot")
    }
    parts.append("\(Formatting.bytes(bounce.bytesIn)) copied in, \(Formatting.bytes(bounce.bytesOut)) out")
    let causes: [(String, UInt64)] = [
      ("for the mask", bounce.mask), ("forced", bounce.forced),
      ("small unaligned buffers", bounce.alignment), ("of unknown cause", bounce.unknown),
    ]
    let named = causes.filter { $0.1 > 0 }.map { "\(Formatting.count($0.1)) \($0.0)" }
    parts.append(named.joined(separator: ", "))
    let devices = profile.devices.filter { $0.bounce != Bounce() }
    parts.append(devices.count == 1 ? devices[0].name : "\(devices.count) devices")
    return parts
  }

  private var failures: [String] {
    let failed = profile.devices.filter { $0.map.failed > 0 || $0.allocate.failed > 0 }
    return failed.prefix(3).map { device in
      var words: [String] = []
      if device.map.failed > 0 { words.append(Formatting.count(device.map.failed, "map")) }
      if device.allocate.failed > 0 {
        words.append(Formatting.count(device.allocate.failed, "allocation"))
      }
      return "\(device.name): \(words.joined(separator: ", "))"
    } + (failed.count > 3 ? ["\(failed.count - 3) more devices"] : [])
  }

  private var iommu: [String] {
    let totals = profile.totals
    let behind = profile.devices.filter { $0.addressing == .iommu }.count
    var parts: [String] = []
    if behind > 0 { parts.append(Formatting.count(UInt64(behind), "device") + " behind it") }
    if totals.iommuMaps > 0 || totals.iommuUnmaps > 0 {
      parts.append(
        "\(Formatting.count(totals.iommuMaps, "map")) (\(Formatting.bytes(totals.iommuMappedBytes))), "
          + "\(Formatting.count(totals.iommuUnmaps, "unmap")) (\(Formatting.bytes(totals.iommuUnmappedBytes)))"
      )
    }
    if totals.iotlbInvalidations > 0 {
      parts.append("up to " + Formatting.count(totals.iotlbInvalidations, "IOTLB invalidation"))
    }
    if totals.iommuFaults > 0 { parts.append(Formatting.count(totals.iommuFaults, "page fault")) }
    return parts
  }

  private var unknownReleases: [String] {
    let (unmaps, frees) = (profile.totals.unmap.unknown, profile.totals.free.unknown)
    guard unmaps > 0 || frees > 0 else { return [] }
    var counts: [String] = []
    if unmaps > 0 { counts.append(Formatting.count(unmaps, "unmap")) }
    if frees > 0 { counts.append(Formatting.count(frees, "free")) }
    return [counts.joined(separator: " and ") + " of what the trace does not show being made"]
  }

  private var atTheEnd: [String] {
    guard !profile.devices.isEmpty else { return [] }
    let live = profile.totals.live
    var parts = [
      live.mappings == 0
        ? "nothing mapped"
        : "\(Formatting.count(live.mappings, "mapping")) (\(Formatting.bytes(live.bytes)))"
    ]
    if live.coherentBlocks > 0 {
      let size = Formatting.bytes(live.coherentBytes)
      parts.append("\(Formatting.count(live.coherentBlocks, "coherent block")) (\(size))")
    }
    let pooled = profile.pools.reduce(UInt64(0)) { $0 &+ $1.live }
    if pooled > 0 { parts.append(Formatting.count(pooled, "pool block")) }
    if profile.totals.liveUncertain > 0 {
      parts.append("\(Formatting.count(profile.totals.liveUncertain)) of these uncertain")
    }
    return parts
  }
}
