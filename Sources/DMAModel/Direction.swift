/// The direction of a transfer, as `enum dma_data_direction` numbers it (include/linux/dma-direction.h).
public enum Direction: UInt8, Sendable, CaseIterable {
  case bidirectional = 0
  case toDevice = 1
  case fromDevice = 2
  case none = 3

  /// The name that the tracepoints print, for instance `TO_DEVICE`.
  public var name: String {
    switch self {
    case .bidirectional: "BIDIRECTIONAL"
    case .toDevice: "TO_DEVICE"
    case .fromDevice: "FROM_DEVICE"
    case .none: "NONE"
    }
  }

  /// The direction that a recorded number stands for; numbers outside the enumeration become `none`.
  @inlinable
  public init(recorded value: UInt64) {
    switch value {
    case 0: self = .bidirectional
    case 1: self = .toDevice
    case 2: self = .fromDevice
    default: self = .none
    }
  }

  /// The three directions that memory can be mapped with, in the kernel's order.
  public static let transfers: [Direction] = [.bidirectional, .toDevice, .fromDevice]
}
