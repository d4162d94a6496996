import DMAModel
import Replay

/// A profile as text for a terminal: the answer first, what limits it above it, then tables.
///
///     print(TextReport(profile, options: TextOptions(width: 80)).render(), terminator: "")
///
/// A section without content is absent. No line is wider than the options say, and nothing from the trace reaches
/// the terminal unescaped.
public struct TextReport {
  let profile: Profile
  let options: TextOptions
  /// Whether the profile is that of the whole recording, not of one that goes on.
  let isOver: Bool

  public init(_ profile: Profile, options: TextOptions) {
    self.init(profile, options: options, isOver: true)
  }

  init(_ profile: Profile, options: TextOptions, isOver: Bool) {
    (self.profile, self.options, self.isOver) = (profile, options, isOver)
  }

  /// The whole report, lines ending in newlines. Complexity: linear in the profile's rows.
  public func render() -> String {
    var page = TextPage(options)
    addHeadline(to: &page)
    addCaveats(to: &page)
    addSummary(to: &page)
    addWhatIf(to: &page)
    addDevices(to: &page)
    addCallSites(to: &page)
    addAvoidable(to: &page)
    addTasks(to: &page)
    addTimeline(to: &page)
    addBounces(to: &page)
    addMaskPressure(to: &page)
    addCoherentMemory(to: &page)
    addPools(to: &page)
    addFindings(to: &page)
    if options.verbose {
      addUnitCosts(to: &page)
      addSizes(to: &page)
      addWidths(to: &page)
      addLifetimes(to: &page)
      addOperations(to: &page)
      addKnowledge(to: &page)
      addRecording(to: &page)
    }
    if options.showLive { addLive(to: &page) }
    return page.text
  }

  /// The first rows of a table, and how many it leaves out.
  func top<Row>(_ rows: [Row]) -> (shown: ArraySlice<Row>, further: Int) {
    let shown = rows.prefix(options.top)
    return (shown, rows.count - shown.count)
  }

  /// Devices by what they cost, the dearest first.
  var devicesByCost: [DeviceProfile] {
    func key(_ device: DeviceProfile) -> (Double, UInt64, UInt64, UInt64) {
      (
        device.estimate.mid.finite ?? 0, device.work.lines,
        device.bounce.bytesIn &+ device.bounce.bytesOut, device.map.bytes
      )
    }
    return profile.devices.sorted { a, b in
      let (left, right) = (key(a), key(b))
      return left == right ? a.name < b.name : left > right
    }
  }
}
