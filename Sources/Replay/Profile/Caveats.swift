import DMAModel

// What limits the truth of a profile, in full sentences.
extension Profile {
  var caveatSentences: [String] {
    var result = mergeCaveats
    if recording.isIncomplete {
      result.append("A part of the input could not be read; the numbers cover the rest.")
    }
    if recording.lostWindows > 0 {
      let count =
        recording.lostWindowsWithoutCount == recording.lostWindows
        ? "an unknown number" : grouped(recording.lostEvents)
      let places = recording.lostWindows == 1 ? "one place" : "\(grouped(recording.lostWindows)) places"
      let more = recording.lostWindowsWithoutCount > 0 && recording.lostEvents > 0 ? " or more" : ""
      result.append(
        "Events were lost in \(places) (\(count)\(more) of them): sums are too low, and what was mapped before the "
          + "last loss may be gone.")
    }
    result += assumptions
    let unknown = totals.unmap.unknown &+ totals.free.unknown
    if unknown > 0 {
      result.append(
        "\(grouped(unknown)) releases were of something that the trace does not show being made, before it began for "
          + "instance; their cost is counted where the event tells it.")
    }
    if totals.maintenance.total.unsizedCalls > 0 {
      result.append(
        "Long scatterlists are cut in their events; bytes and lines of "
          + "\(grouped(totals.maintenance.total.unsizedCalls)) calls are unknown and not in the sums."
      )
    }
    if circumstances.hasFurtherDevices {
      result.append("Devices beyond the first \(DeviceTable.limit) are summed up as (further devices).")
    }
    let withdrawn = circumstances.withdrawnSuspicions
    if withdrawn > 0 {
      let what =
        withdrawn == 1
        ? "1 suspicion of a broken rule is" : "\(grouped(withdrawn)) suspicions of broken rules are"
      result.append("\(what) not reported: events that are missing around it could explain it.")
    }
    return result
  }

  /// What is taken from the platform, and what nothing explains.
  private var assumptions: [String] {
    var result: [String] = []
    if circumstances.isPlatformGuessed {
      result.append(
        "The recording does not name its machine; the rules of \(platform.architecture) are assumed "
          + "(--platform changes that).")
    }
    let assumed = devices.filter { $0.coherentBecause == .assumed }
    if !assumed.isEmpty {
      let who =
        assumed.count == devices.count
        ? "the devices are"
        : assumed.count == 1 ? "\(assumed[0].name) is" : "\(assumed.count) of the devices are"
      let kind = circumstances.isCoherentByDefault ? "coherent" : "not coherent"
      let flag = circumstances.isCoherentByDefault ? "--noncoherent" : "--coherent"
      result.append("That \(who) \(kind) is assumed from the platform (\(flag) GLOB says otherwise).")
    }
    if !circumstances.unexplainedDevices.isEmpty {
      let names = circumstances.unexplainedDevices.prefix(3).joined(separator: ", ")
      result.append(
        "Bus addresses of \(names) differ from physical ones: an IOMMU or bounce buffers; record swiotlb and iommu "
          + "events to know which.")
    }
    return result
  }

  /// What a sum of profiles is not.
  private var mergeCaveats: [String] {
    guard let merged, merged.count > 1 else { return [] }
    var result = [
      "These are sums over \(grouped(merged.count)) profiles. Peaks are the largest of any one, times those of each "
        + "one's own clock; over time, all begin at once."
    ]
    if merged.liveEntries > UInt64(live.count) {
      result.append(
        "Of \(grouped(merged.liveEntries)) entries that are live at the ends, the \(grouped(UInt64(live.count))) oldest "
          + "are listed.")
    }
    return result
  }
}
