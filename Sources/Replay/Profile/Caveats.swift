import DMAModel

// What limits the truth of a profile, in full sentences.
extension Replayer {
  func caveats(_ profile: Profile) -> [String] {
    var result: [String] = []
    let recording = profile.recording
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
    if platform.isGuess {
      result.append(
        "The recording does not name its machine; the rules of \(platform.architecture.name) are assumed "
          + "(--platform changes that).")
    }
    let assumed = profile.devices.filter { $0.coherentBecause == .assumed }
    if !assumed.isEmpty {
      let who =
        assumed.count == profile.devices.count
        ? "the devices are"
        : assumed.count == 1 ? "\(assumed[0].name) is" : "\(assumed.count) of the devices are"
      let kind = platform.isCoherent ? "coherent" : "not coherent"
      let flag = platform.isCoherent ? "--noncoherent" : "--coherent"
      result.append("That \(who) \(kind) is assumed from the platform (\(flag) GLOB says otherwise).")
    }
    let displaced = Set((0..<devices.count).filter { devices[$0].isDisplaced }.map { devices[$0].name })
    let unclear = profile.devices.filter {
      $0.addressing == .unknown && $0.map.calls > $0.bounce.mappings && displaced.contains($0.name)
    }
    if bounceEvents == 0, iommu.iommuMaps == 0, unclear.contains(where: { $0.map.bytes > 0 }) {
      let names = unclear.filter { $0.map.bytes > 0 }.prefix(3).map(\.name).joined(separator: ", ")
      result.append(
        "Bus addresses of \(names) differ from physical ones: an IOMMU or bounce buffers; record swiotlb and iommu "
          + "events to know which.")
    }
    let unknown = profile.totals.unmap.unknown &+ profile.totals.free.unknown
    if unknown > 0 {
      result.append(
        "\(grouped(unknown)) releases were of something that the trace does not show being made, before it began for "
          + "instance; their cost is counted where the event tells it.")
    }
    if profile.totals.maintenance.total.unsizedCalls > 0 {
      result.append(
        "Long scatterlists are cut in their events; bytes and lines of "
          + "\(grouped(profile.totals.maintenance.total.unsizedCalls)) calls are unknown and not in the sums."
      )
    }
    if devices.count > DeviceTable.limit {
      result.append("Devices beyond the first \(DeviceTable.limit) are summed up as (further devices).")
    }
    let withdrawn = withdrawnSuspicions(profile.recording)
    if withdrawn > 0 {
      let what =
        withdrawn == 1
        ? "1 suspicion of a broken rule is" : "\(grouped(withdrawn)) suspicions of broken rules are"
      result.append("\(what) not reported: events that are missing around it could explain it.")
    }
    return result
  }
}
