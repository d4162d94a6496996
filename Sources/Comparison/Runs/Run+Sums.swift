import DMAModel
import Replay

// Sums of a profile by scope.
extension Run {
  mutating func addSums(_ profile: Profile, _ name: (String) -> String) {
    let prices = Prices(profile.platform)
    sums[.whole] = Run.sums(profile.totals, syncs: profile.totals.syncs, prices)
    var bounced = 0.0
    let series = Dictionary(profile.timeline.series.map { ($0.device, $0) }, uniquingKeysWith: { a, _ in a })
    for device in profile.devices {
      var sums = Run.sums(device, syncs: device.syncs, prices)
      if let series = series[device.name], series.bouncedMaps.count == series.maps.count {
        sums[.bounces] = Double(series.bouncedMaps.reduce(0, &+))
      }
      bounced += sums[.bounces] ?? 0
      self.sums[.device(name(device.name))] = sums
      addDirections(of: device, name(device.name))
    }
    sums[.whole]?[.bounces] = bounced
    for row in profile.operations {
      add(row, name(row.device))
    }
    addCallSites(profile, name)
  }

  private static func sums(_ profile: some CostBearing & Summed, syncs: UInt64, _ prices: Prices)
    -> Quantities
  {
    var sums = Quantities()
    sums[.mappings] = Double(
      profile.map.calls > profile.map.failed ? profile.map.calls - profile.map.failed : 0)
    sums[.mappedBytes] = Double(profile.map.bytes)
    sums[.maps] = Double(profile.map.calls)
    sums[.failed] = Double(profile.map.failed)
    sums[.maintenanceCalls] = Double(profile.work.calls)
    sums[.cleanedLines] = Double(profile.work.cleanedLines)
    sums[.invalidatedLines] = Double(profile.work.invalidatedLines)
    // The profile counts entries of scatterlists; where there is a timeline, it counts maps.
    sums[.bounces] = min(Double(profile.bounce.mappings), Double(profile.map.calls))
    let copied = Double(profile.bounce.bytesIn) + Double(profile.bounce.bytesOut)
    sums[.bouncedBytes] = copied
    sums[.syncs] = Double(syncs)
    sums[.iotlbInvalidations] = Double(profile.iotlbInvalidations)
    let cost = finite(profile.estimate.mid)
    sums[.cost] = cost
    sums[.copyCost] = min(cost, copied * prices.copiedByte)
    sums[.iotlbCost] = min(cost, Double(profile.iotlbInvalidations) * prices.iotlbInvalidation)
    return sums
  }

  private static func finite(_ value: Double) -> Double { value.isFinite ? max(0, value) : 0 }

  private mutating func addDirections(of device: DeviceProfile, _ name: String) {
    for direction in Direction.transfers where Int(direction.rawValue) < device.mapsByDirection.count {
      let maps = device.mapsByDirection[Int(direction.rawValue)]
      guard maps.calls > 0 else { continue }
      var sums = Quantities()
      sums[.mappings] = Double(maps.calls)
      sums[.mappedBytes] = Double(maps.bytes)
      self.sums[.direction(device: name, direction)] = sums
    }
  }

  /// A row of calls, to its direction of its device and to its call of all devices.
  private mutating func add(_ row: OperationProfile, _ device: String) {
    let direction = Scope.direction(device: device, row.direction)
    if row.operation != .allocate, var sums = sums[direction] {
      Run.add(row.work, row.bouncedBytes, row.estimate, to: &sums)
      let isSync = row.operation == .syncForCPU || row.operation == .syncForDevice
      sums.add(isSync ? Double(row.apiCalls) : 0, to: .syncs)
      self.sums[direction] = sums
    }
    let call = Scope.call(row.operation)
    var sums = sums[call] ?? denominators(.whole)
    Run.add(row.work, row.bouncedBytes, row.estimate, to: &sums)
    self.sums[call] = sums
  }

  private static func add(_ work: CacheWork, _ copied: UInt64, _ cost: Estimate, to sums: inout Quantities) {
    sums.add(Double(work.calls), to: .maintenanceCalls)
    sums.add(Double(work.cleanedLines), to: .cleanedLines)
    sums.add(Double(work.invalidatedLines), to: .invalidatedLines)
    sums.add(Double(copied), to: .bouncedBytes)
    sums.add(finite(cost.mid), to: .cost)
  }

  private func denominators(_ scope: Scope) -> Quantities {
    var result = Quantities()
    result[.mappings] = sums[scope]?[.mappings]
    result[.mappedBytes] = sums[scope]?[.mappedBytes]
    return result
  }

  private mutating func addCallSites(_ profile: Profile, _ name: (String) -> String) {
    for row in profile.callSites {
      let device = name(row.device)
      let function = CallSiteName.function(row.caller) ?? CallSiteName.unnamed
      let site = Scope.site(device: device, row.operation, function: function)
      var sums = sums[site] ?? denominators(.device(device))
      Run.add(row.work, row.bouncedBytes, row.estimate, to: &sums)
      self.sums[site] = sums
    }
  }
}

/// What a device and the whole have in common besides their costs.
protocol Summed {
  var work: CacheWork { get }
  var bounce: Bounce { get }
  var iotlbInvalidations: UInt64 { get }
  var syncForCPU: CallCounts { get }
  var syncForDevice: CallCounts { get }
}

extension Summed {
  var syncs: UInt64 { syncForCPU.calls &+ syncForDevice.calls }
}

extension DeviceProfile: Summed {}
extension Totals: Summed {}

/// The middle of what pieces of work cost, nanoseconds each.
struct Prices {
  private var byWork: [Work: Double] = [:]

  init(_ platform: PlatformUse) {
    for row in platform.prices where row.price.range.mid.isFinite { byWork[row.work] = row.price.range.mid }
  }

  subscript(work: Work) -> Double { byWork[work] ?? 0 }
  var copiedByte: Double { self[.copiedByte] }
  var iotlbInvalidation: Double { self[.iotlbInvalidation] }
}
