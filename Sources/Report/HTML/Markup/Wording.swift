import DMAModel
import Replay

/// How the values of a profile are written on the page.
enum Wording {
  static func duration(_ nanoseconds: Double) -> String {
    Formatting.duration(Numbers.nanoseconds(nanoseconds))
  }

  /// `32 bits` for a mask of ones, the number itself for others.
  static func mask(_ mask: UInt64) -> String {
    let bits = 64 - mask.leadingZeroBitCount
    return mask & (mask &+ 1) == 0 ? (bits == 1 ? "1 bit" : "\(bits) bits") : Formatting.hex(mask)
  }

  /// The streaming mask of a device; a lower bound is written `≥ 31 bits`.
  static func mask(of device: DeviceProfile) -> String {
    guard let mask = device.streamingMask else { return "unknown" }
    return (device.maskBecause == .observed ? "≥ " : "") + Wording.mask(mask)
  }

  static func reason(_ reason: MaskReason) -> String {
    switch reason {
    case .set: "set by a recorded call"
    case .bounceEvent: "carried by a swiotlb_bounced event"
    case .observed: "a lower bound: the highest address that the device was given"
    }
  }

  static func work(_ work: Work) -> String {
    switch work {
    case .call: "a call into the architecture"
    case .cleanLine: "a line cleaned"
    case .invalidateLine: "a line invalidated"
    case .cleanInvalidateLine: "a line cleaned and invalidated"
    case .copiedByte: "a byte copied through a bounce buffer"
    case .iotlbInvalidation: "an IOTLB invalidation"
    }
  }

  static func reason(_ reason: CoherenceReason) -> String {
    switch reason {
    case .user: "because the command line says so"
    case .platform: "because the platform file says so"
    case .maintenanceRecorded: "because the kernel's own maintenance follows its calls"
    case .maintenanceAbsent: "because the kernel recorded maintenance, but never for this device"
    case .syncsRecorded: "because syncs were recorded, which this kernel leaves out for coherent devices"
    case .assumed: "assumed: the platform's default, and nothing in the trace contradicts it"
    }
  }

  static func coherence(_ device: DeviceProfile) -> String {
    (device.coherent ? "coherent" : "non-coherent") + (device.coherentBecause == .assumed ? "?" : "")
  }

  static func addressing(_ addressing: Addressing) -> String {
    switch addressing {
    case .direct(let offset) where offset == 0: "direct, bus address = physical address"
    case .direct(let offset):
      "direct, bus address = physical address \(offset < 0 ? "−" : "+") \(Formatting.hex(offset.magnitude))"
    case .iommu: "through an IOMMU"
    case .unknown: "unknown"
    }
  }

  static func step(_ step: MaintenanceStep) -> String {
    switch step {
    case .forDevice: "for device"
    case .forCPU: "for CPU"
    case .prepare: "prepare"
    }
  }

  /// What the architecture does to the lines: `clean`, `invalidate`, `clean and invalidate`, `nothing`.
  static func operation(_ name: String) -> String {
    switch name {
    case "none": "nothing"
    case "cleanInvalidate": "clean and invalidate"
    default: name
    }
  }

  /// The causes of bounces that occurred, most frequent first: `8 for alignment`.
  static func causes(_ bounce: Bounce) -> [(name: String, count: UInt64)] {
    let all: [(name: String, count: UInt64)] = [
      ("mask", bounce.mask), ("forced", bounce.forced), ("alignment", bounce.alignment),
      ("unknown", bounce.unknown),
    ]
    return all.filter { $0.count > 0 }.sorted { $0.count > $1.count }
  }
}
