/// Why two profiles do not add up, in a sentence.
public struct ProfileMismatch: Error, Sendable, Equatable, CustomStringConvertible {
  public let description: String
}

// Merging is associative and commutative, down to the last byte of what is saved: counts add up as integers, peaks are
// maxima, what can be one of several is chosen by an order, lists that are cut keep the first ones of a total order.
// Nothing that is derived, estimates for instance, is ever merged: it is derived anew.
extension Profile {
  /// The most entries of `live` that a sum lists: the oldest.
  public static let mergedLiveLimit = 4096

  /// The sum of both.
  ///
  /// - Throws: `ProfileMismatch` if they are of machines whose cache lines or cache operations differ.
  public mutating func merge(_ other: Profile) throws(ProfileMismatch) {
    if let difference = platform.difference(from: other.platform) {
      throw ProfileMismatch(
        description: "\(recording.path) and \(other.recording.path) do not add up: \(difference)")
    }
    var merged = MergedRecordings(self)
    merged += MergedRecordings(other)
    platform.merge(other.platform, work: totals, otherWork: other.totals, merged)
    recording.merge(other.recording, merged)
    mergeDevices(other)
    measured = Measured.merged(measured, other.measured)
    measuredTime = MeasuredTime.merged(measuredTime, other.measuredTime)
    operations = OperationProfile.merged(operations, other.operations)
    callSites = CallSiteProfile.merged(callSites, other.callSites)
    tasks = TaskProfile.merged(tasks, other.tasks)
    avoidable = Avoidable.merged(avoidable, other.avoidable)
    timeline.merge(other.timeline)
    pools = PoolProfile.merged(pools, other.pools)
    live = LiveMapping.merged(live, other.live)
    findings = Finding.merged(findings, other.findings)
    circumstances.merge(other.circumstances)
    whatIf = []
    filter = merged.filter
    self.merged = merged
    derive()
  }

  /// Sets everything that follows from the rest: totals over the devices, shares, estimates, sentences.
  public mutating func derive() {
    var sums = Totals()
    sums.addUp(devices)
    (sums.peak, sums.slots) = (totals.peak, totals.slots)
    (sums.iommuMaps, sums.iommuMappedBytes) = (totals.iommuMaps, totals.iommuMappedBytes)
    (sums.iommuUnmaps, sums.iommuUnmappedBytes) = (totals.iommuUnmaps, totals.iommuUnmappedBytes)
    sums.iommuFaults = totals.iommuFaults
    totals = sums
    for index in devices.indices { devices[index].settlePressure() }
    applyPrices()
    caveats = caveatSentences
  }

  private mutating func mergeDevices(_ other: Profile) {
    devices = mergedRows(devices, other.devices, key: \.name, add: { $0.merge($1) })
      .sorted { $0.name < $1.name }
    totals.peak = totals.peak.maximum(other.totals.peak)
    totals.slots = SlotUse.merged(totals.slots, other.totals.slots)
    totals.iommuMaps &+= other.totals.iommuMaps
    totals.iommuMappedBytes &+= other.totals.iommuMappedBytes
    totals.iommuUnmaps &+= other.totals.iommuUnmaps
    totals.iommuUnmappedBytes &+= other.totals.iommuUnmappedBytes
    totals.iommuFaults &+= other.totals.iommuFaults
  }
}

/// Rows of both, those with the same key added up; in no order.
func mergedRows<Row, Key: Hashable>(
  _ rows: [Row], _ others: [Row], key: (Row) -> Key, add: (inout Row, Row) -> Void
) -> [Row] {
  var result: [Row] = []
  var places: [Key: Int] = [:]
  for row in rows + others {
    let key = key(row)
    if let place = places[key] {
      add(&result[place], row)
    } else {
      places[key] = result.count
      result.append(row)
    }
  }
  return result
}

extension Circumstances {
  mutating func merge(_ other: Circumstances) {
    isPlatformGuessed = isPlatformGuessed || other.isPlatformGuessed
    isCoherentByDefault = isCoherentByDefault && other.isCoherentByDefault
    unexplainedDevices = Set(unexplainedDevices).union(other.unexplainedDevices).sorted()
    hasFurtherDevices = hasFurtherDevices || other.hasFurtherDevices
    withdrawnSuspicions &+= other.withdrawnSuspicions
  }
}
