import DMAModel

/// The plan of an event that is like most: its numbers are of the reader's own byte order and unsigned, nothing is to be
/// converted, and it has neither arrays nor a second name. Decoding one asks no questions about its fields: those that
/// it lacks are read from the record's beginning and masked away.
struct PlainPlan {
  struct Number {
    var offset = 0
    var mask: UInt64 = 0

    init() {}

    /// nil if the number has to be extended by its sign.
    init?(_ field: EventPlan.Number) {
      if field.offset < 0 { return }
      guard !field.isSigned || field.width == 8 else { return nil }
      (offset, mask) = (Int(field.offset), .max >> UInt64(field.spareBits))
    }

    /// - Precondition: 8 bytes can be read from the number's beginning.
    @inline(__always)
    func value(_ base: UnsafeRawPointer) -> UInt64 {
      UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) & mask
    }
  }

  /// A record that is shorter is decoded by its other plan; all are if the event is not plain.
  private(set) var length = Int.max
  private(set) var address = Number()
  private(set) var physicalAddress = Number()
  private(set) var size = Number()
  private(set) var direction = Number()
  private(set) var attributes = Number()
  /// Where the word lies that says where the device's name is, and what is added to it.
  private(set) var device = 0
  private(set) var deviceBase = 0
  private(set) var call = Call.lost
  private(set) var flags = Event.Flags(rawValue: 0)

  init() {}

  init(_ plan: EventPlan, bigEndian: Bool, _ common: EventCatalog.CommonFields) {
    // Of a direction only what is 0, 1 or 2 counts, whatever its sign.
    var unsigned = plan.direction
    unsigned.isSigned = false
    guard plan.kind == .event, !bigEndian, common.isUsual, plan.conversion < 0, !plan.isOfList,
      !plan.hasFurtherNumbers, plan.name.offset < 0, plan.device.offset >= 0,
      let address = Number(plan.address), let physicalAddress = Number(plan.physicalAddress),
      let size = Number(plan.size), let direction = Number(unsigned),
      let attributes = Number(plan.attributes)
    else { return }
    length = max(plan.minimumLength, plan.wideLength, Int(plan.device.offset) + 4, 8)
    (self.address, self.physicalAddress, self.size) = (address, physicalAddress, size)
    (self.direction, self.attributes) = (direction, attributes)
    // Without the field the direction is `none`, which is not 0.
    if plan.direction.offset < 0 { length = .max }
    (device, deviceBase) = (Int(plan.device.offset), Int(plan.device.base))
    (call, flags) = (plan.call, plan.flags)
  }
}
