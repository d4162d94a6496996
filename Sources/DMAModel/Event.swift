/// The number of a device's name in the recording's `NameTable`; 0 is "no device".
public typealias DeviceID = UInt32
/// The number of a call stack in the recording's `StackTable`; 0 is "no stack".
public typealias StackID = UInt32
/// The number of any other name (of a pool, for instance) in the recording's `NameTable`; 0 is "none".
public typealias NameID = UInt32

/// One decoded record of a trace: plain data of fixed size, so that millions of them pass without an allocation.
///
/// Which fields mean something depends on `call`; the others are 0.
///
/// | call | address | physicalAddress | size | value |
/// | --- | --- | --- | --- | --- |
/// | map/unmap page, resource | bus address | physical (map only) | bytes | – |
/// | map/unmap/sync scatterlist | the list's CPU address, if recorded | – | – | – (see the segments) |
/// | sync single | bus address | – | bytes | – |
/// | allocate, free (pages, sgt) | bus address | – | bytes | CPU address |
/// | pool create | pool handle (on return) | align | block size | boundary |
/// | pool allocate, free | pool handle | bus address, if recorded | – | CPU address |
/// | pool destroy | pool handle | – | block size, if recorded | – |
/// | set mask … | – | – | – | mask on entry, result on return |
/// | get required mask, max mapping size | – | – | – | result on return |
/// | mapping error | bus address | – | – | – |
/// | declare memory | bus address | physical | bytes | flag or error on return; `nents`: flags |
/// | release declared memory | – | – | – | – |
/// | mark declared memory occupied | bus address | – | bytes | CPU address or error on return |
/// | cache sync | – | – | bytes | CPU address |
/// | is consistent | bus address | – | – | result on return |
/// | cache alignment | – | – | – | result on return |
/// | driver bound, unbound | – | – | – | – |
/// | swiotlb bounced | bus address before bouncing | – | bytes | DMA mask |
/// | iommu map / unmap | IOVA | physical (map only) | bytes | – |
/// | arch sync, prepare | – | physical, or 0 | bytes | nanoseconds, if recorded (on return) |
/// | lost | – | – | – | count |
@frozen
public struct Event: Sendable {
  /// Nanoseconds on the recording's clock.
  public var time: UInt64 = 0
  public var address: UInt64 = 0
  public var physicalAddress: UInt64 = 0
  /// Bytes.
  public var size: UInt64 = 0
  public var value: UInt64 = 0
  public var attributes = Attributes(rawValue: 0)
  public var pid: Int32 = 0
  public var stack: StackID = 0
  public var device: DeviceID = 0
  public var name: NameID = 0
  /// Where this event's scatterlist arrays begin in the batch's segment storage: first `physicalCount` physical
  /// addresses, then `busCount` bus addresses, then `busCount` lengths in bytes.
  public var segments: UInt32 = 0
  public var physicalCount: UInt16 = 0
  public var busCount: UInt16 = 0
  /// Entries that were passed to the call; more than `physicalCount` where the event was truncated.
  public var nents: Int32 = 0
  /// Entries that the mapping came to; more than `busCount` where the event was truncated.
  public var ents: Int32 = 0
  public var cpu: UInt16 = 0
  public var allocation = AllocationFlags(rawValue: 0)
  public var call: Call = .lost
  public var direction: Direction = .none
  public var flags = Flags(rawValue: 0)
  public var context = Context(rawValue: 0)

  @inlinable public init() {}

  /// The `value` of a `lost` event whose number is not recorded.
  public static let unknownCount = UInt64.max

  public struct Flags: OptionSet, Sendable {
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// The record was made when the function returned (`NAME__return`); entry fields may be absent.
    @inlinable public static var isReturn: Flags { Flags(rawValue: 1 << 0) }
    /// `swiotlb_bounced` said FORCE.
    @inlinable public static var forced: Flags { Flags(rawValue: 1 << 1) }
    /// A return record whose result is in `result` semantics: `value` (0 means success for masks).
    @inlinable public static var hasAddress: Flags { Flags(rawValue: 1 << 2) }
    /// The event carries the physical address of what it names.
    @inlinable public static var hasPhysicalAddress: Flags { Flags(rawValue: 1 << 3) }
    /// The record was made when the function was entered, and lacks what the function returns: a record with
    /// `isReturn` of the same call and task completes it.
    @inlinable public static var isEntry: Flags { Flags(rawValue: 1 << 4) }
    /// A dynamic event (kprobe, fprobe), whose own machinery may have turned interrupts off.
    @inlinable public static var isProbe: Flags { Flags(rawValue: 1 << 5) }
    /// A return whose `value` is 0 or an error, while `ents` may not have been recorded (`dma_map_sgtable`).
    @inlinable public static var givesStatus: Flags { Flags(rawValue: 1 << 6) }
    /// The event of a free carries the CPU address in `value`: 0 is a null pointer, and not an address unknown.
    @inlinable public static var hasCPUAddress: Flags { Flags(rawValue: 1 << 7) }
  }

  /// Where the kernel was when it made the record (`common_flags`, `common_preempt_count`).
  public struct Context: OptionSet, Sendable {
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    @inlinable public static var irqsOff: Context { Context(rawValue: 1 << 0) }
    @inlinable public static var hardIRQ: Context { Context(rawValue: 1 << 1) }
    @inlinable public static var softIRQ: Context { Context(rawValue: 1 << 2) }
    @inlinable public static var nmi: Context { Context(rawValue: 1 << 3) }
    @inlinable public static var preemptionOff: Context { Context(rawValue: 1 << 4) }
  }
}

/// The bus address that a failed mapping returns: all ones in the width of the address (`DMA_MAPPING_ERROR`).
public let mappingErrorAddress = UInt64.max
