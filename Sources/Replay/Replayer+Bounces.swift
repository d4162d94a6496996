import DMAModel

/// How a mapping reached its bus address.
enum Bouncing {
  case direct
  /// The kernel said so.
  case bounced
  /// Its bus address is not the expected one; bounced unless an IOMMU is in between.
  case deviant
}

// Bounce buffers (kernel/dma/swiotlb.c).
extension Replayer {
  /// `swiotlb_bounced`: a request, logged before a slot is found.
  mutating func request(_ event: Event) {
    let device = place(event)
    bounceEvents &+= 1
    devices[device].everBounced = true
    devices[device].bounceMask = event.value
    let (last, overflow) = event.address.addingReportingOverflow(event.size == 0 ? 0 : event.size &- 1)
    var cause: BounceCause =
      event.flags.contains(.forced) ? .forced : overflow || last > event.value ? .mask : .alignment
    if cause == .mask, let mask = devices[device].assumedMask, !overflow, last <= mask {
      cause = .assumedAway
    }
    // Small buffers that share cache lines bounce for the caches' sake alone (`dma_kmalloc_safe`).
    if cause == .alignment, devices[device].isAssumedCoherent { cause = .assumedAway }
    requests.add(UInt32(truncatingIfNeeded: device), event.address, event.size, cause)
    guard counts else { return }
    devices[device].countedEvents &+= 1
    if cause == .assumedAway { return }
    devices[device].bounce.requests &+= 1
    if event.size > min(SlotUse.segmentBytes, devices[device].maxMappingSize ?? .max) {
      devices[device].bounce.tooLarge &+= 1
    }
    switch cause {
    case .assumedAway: break
    case .forced: devices[device].bounce.forced &+= 1
    case .mask: devices[device].bounce.mask &+= 1
    case .alignment: devices[device].bounce.alignment &+= 1
    }
  }

  /// Whether a mapping is where its memory is, counted: so it is with nearly all, and no more need be asked.
  @inline(__always)
  mutating func isPlainlyDirect(
    _ state: UnsafeMutablePointer<DeviceState>, _ bus: UInt64, _ physical: UInt64
  ) -> Bool {
    guard bus == physical else { return false }
    state.pointee.identical &+= 1
    return true
  }

  /// Whether a segment bounced, counted. Data is copied in at the map in every direction
  /// (`swiotlb_tbl_map_single`).
  mutating func bouncing(
    _ device: Int, _ event: Event, _ bus: UInt64, _ physical: UInt64, _ size: UInt64
  ) -> Bouncing {
    if isPlainlyDirect(devices.pointer(device), bus, physical) { return .direct }
    if requests.waiting > 0 {
      // The request names the address before bouncing: the physical one, plus the bus's offset if it has one.
      let offset = devices[device].offset ?? 0
      let moved = physical &+ UInt64(bitPattern: offset)
      let cause = requests.take(UInt32(truncatingIfNeeded: device), size) {
        $0 == physical || $0 == moved || ($0 ^ physical) & 0xfff == 0
      }
      if cause == .assumedAway { return .direct }
      if let cause {
        countBounce(device, size, cause)
        if cause == .mask { noteMaskBounce(device, event, size: size) }
        return .bounced
      }
    }
    if devices[device].isExpected(bus, for: physical) {
      devices[device].observeAddressing(bus: bus, physical: physical)
      return .direct
    }
    devices[device].observeAddressing(bus: bus, physical: physical)
    if isAssumedAway(device, physical, size) { return .direct }
    if counts {
      devices[device].deviant.mappings &+= 1
      devices[device].deviant.bytesIn &+= size
      let (last, overflow) = physical.addingReportingOverflow(size == 0 ? 0 : size &- 1)
      if let mask = devices[device].streamingMask, overflow || last > mask {
        devices[device].deviant.mask &+= 1
        devices[device].deviantMaskBytes &+= size
      } else {
        devices[device].deviant.unknown &+= 1
      }
    }
    return .deviant
  }

  /// Whether memory is beyond the device's mask and within the one that is assumed.
  private func isAssumedAway(_ device: Int, _ physical: UInt64, _ size: UInt64) -> Bool {
    guard let assumed = devices[device].assumedMask, let mask = devices[device].streamingMask else {
      return false
    }
    let (last, overflow) = physical.addingReportingOverflow(size == 0 ? 0 : size &- 1)
    return !overflow && last > mask && last <= assumed
  }

  /// Slots of the pool that are in use from now on, by the device and by all together.
  mutating func occupy(_ device: Int, _ slots: UInt64, _ time: UInt64) {
    devices[device].slots.live &+= slots
    poolSlots.live &+= slots
    if let from = options.filter.from, time < from { return }
    devices[device].slots.peak = max(devices[device].slots.peak, devices[device].slots.live)
    poolSlots.peak = max(poolSlots.peak, poolSlots.live)
  }

  mutating func vacate(_ device: Int, _ slots: UInt64) {
    decrease(&devices[device].slots.live, by: slots)
    decrease(&poolSlots.live, by: slots)
  }

  private mutating func countBounce(_ device: Int, _ size: UInt64, _ cause: BounceCause) {
    guard counts else { return }
    devices[device].bounce.mappings &+= 1
    devices[device].bounce.bytesIn &+= size
    if cause == .mask { devices[device].maskBytes &+= size }
  }
}
