import DMAModel
import Replay

extension TextReport {
  /// What the shares of the summary are shares of: the first of these of which there is any.
  private enum Measure {
    case lines, bouncedBytes, none

    func value(_ device: DeviceProfile) -> UInt64 {
      switch self {
      case .lines: device.work.lines
      case .bouncedBytes: device.bounce.bytesIn &+ device.bounce.bytesOut
      case .none: 0
      }
    }

    func value(_ row: OperationProfile) -> UInt64 {
      switch self {
      case .lines: row.work.lines
      case .bouncedBytes: row.bouncedBytes
      case .none: 0
      }
    }

    var name: String { self == .lines ? "lines" : "copied bytes" }
  }

  private var measure: Measure {
    if profile.totals.work.lines > 0 { return .lines }
    let bounce = profile.totals.bounce
    return bounce.bytesIn > 0 || bounce.bytesOut > 0 ? .bouncedBytes : .none
  }

  /// The device that causes most, its share, and the call and direction that cause most of that.
  var mostOfIt: [[String]] {
    let measure = measure
    let all = profile.devices.reduce(UInt64(0)) { $0 &+ measure.value($1) }
    guard all > 0, let device = profile.devices.max(by: { measure.value($0) < measure.value($1) })
    else { return [] }
    let its = measure.value(device)
    var share = "\(Formatting.percent(Formatting.share(its, of: all))) of the \(measure.name)"
    let cost = device.estimate.mid / profile.totals.estimate.mid
    if cost.isFinite && cost > 0 { share += ", \(Formatting.percent(cost)) of the cost" }
    return [["\(device.name): \(share)", dominant(of: device, measure, its)]]
  }

  /// `61 % of that: map TO_DEVICE, 4.00 KiB a call`.
  private func dominant(of device: DeviceProfile, _ measure: Measure, _ its: UInt64) -> String {
    let rows = profile.operations.filter { $0.device == device.name }
    guard let row = rows.max(by: { measure.value($0) < measure.value($1) }), measure.value(row) > 0
    else { return "" }
    let share = Formatting.percent(Formatting.share(measure.value(row), of: its))
    var text = "\(share) of that in \(row.operation.name) \(row.direction.name)"
    let sized = row.maintenance.calls &- min(row.maintenance.calls, row.maintenance.unsizedCalls)
    if sized > 0 && row.maintenance.bytes > 0 {
      text += ", \(Formatting.bytes(row.maintenance.bytes / sized)) a call on average"
    }
    return text
  }
}
