import Replay

extension Metric {
  private static let mebibyte = Double(1 << 20)

  /// All metrics, in the order in which reports show them.
  public static let table: [Metric] = [
    Metric(
      "cost.ns_per_mib", "estimated time a MiB mapped", .nanoseconds, .cost, isChief: true,
      .ratio([.cost], per: .mappedBytes, scale: mebibyte)),
    Metric(
      "cost.ns_per_mapping", "estimated time a mapping", .nanoseconds, .cost,
      .ratio([.cost], per: .mappings, scale: 1)),
    Metric(
      "maintenance.lines_per_mib", "cache lines cleaned or invalidated a MiB mapped", .lines, .maintenance,
      isChief: true, .ratio([.cleanedLines, .invalidatedLines], per: .mappedBytes, scale: mebibyte)),
    Metric(
      "maintenance.lines_per_mapping", "cache lines cleaned or invalidated a mapping", .lines, .maintenance,
      .ratio([.cleanedLines, .invalidatedLines], per: .mappings, scale: 1)),
    Metric(
      "maintenance.calls_per_mapping", "calls into the architecture a mapping", .calls, .maintenance,
      .ratio([.maintenanceCalls], per: .mappings, scale: 1)),
    Metric(
      "cleaned.lines_per_mib", "cache lines cleaned a MiB mapped", .lines, .maintenance,
      .ratio([.cleanedLines], per: .mappedBytes, scale: mebibyte)),
    Metric(
      "invalidated.lines_per_mib", "cache lines invalidated a MiB mapped", .lines, .maintenance,
      .ratio([.invalidatedLines], per: .mappedBytes, scale: mebibyte)),
    Metric(
      "bounces.per_mapping", "share of the mappings that bounced", .share, .bounces, isChief: true,
      .ratio([.bounces], per: .mappings, scale: 1)),
    Metric(
      "bounces.bytes_per_mib", "bytes copied in and out a MiB mapped", .bytes, .bounces,
      .ratio([.bouncedBytes], per: .mappedBytes, scale: mebibyte)),
    Metric(
      "syncs.per_mapping", "syncs a mapping", .syncs, .syncs, isChief: true,
      .ratio([.syncs], per: .mappings, scale: 1)),
    Metric(
      "iotlb.per_mapping", "requests to invalidate the IOTLB a mapping", .invalidations, .iotlb,
      isChief: true,
      .ratio([.iotlbInvalidations], per: .mappings, scale: 1)),
    Metric(
      "failed.per_mapping", "share of the map calls that failed", .share, .failures, isChief: true,
      .ratio([.failed], per: .maps, scale: 1)),
    Metric(
      "mask.pressure", "share of the bytes that the mask kept from the device", .share, .masks, isChief: true,
      .standing { $0.maskPressure }),
    Metric(
      "mask.headroom_bits", "bits between the highest address and the mask", .bits, .masks, better: .higher,
      .standing { $0.headroomBits }),
    Metric("live.mappings", "mapped at the end", .mappings, .memory, .standing { $0.liveMappings }),
    Metric("live.bytes", "bytes mapped at the end", .bytes, .memory, .standing { $0.liveBytes }),
    Metric("peak.mappings", "mapped at the most", .mappings, .memory, .standing { $0.peakMappings }),
    Metric(
      "peak.bytes", "bytes mapped at the most", .bytes, .memory, isChief: true, .standing { $0.peakBytes }),
    Metric(
      "coherent.bytes", "coherent memory at the most", .bytes, .memory, .standing { $0.coherentBytes }),
    Metric(
      "leaks", "left behind by drivers that were gone (DMA212)", .leaks, .findings, .standing { $0.leaks }),
    Metric("findings.errors", "errors found", .findings, .findings, isChief: true, .standing { $0.errors }),
    Metric("findings.warnings", "warnings found", .findings, .findings, .standing { $0.warnings }),
    Metric("findings.hints", "hints found", .findings, .findings, .standing { $0.hints }),
  ]

  /// `findings.DMA203`, by the id of a rule or its name.
  static func ofRule(_ text: String) -> Metric? {
    guard let rule = Rule.named(text) else { return nil }
    let id = rule.id
    return Metric(
      "findings.\(id)", "findings of \(rule.name)", .findings, .findings, .standing { $0.findings[id] ?? 0 })
  }
}
