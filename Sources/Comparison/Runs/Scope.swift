import DMAModel
import Replay

/// A part of a run that is compared with the same part of another.
public enum Scope: Hashable, Sendable {
  case whole
  case device(String)
  case direction(device: String, Direction)
  /// The calls of one kind of all devices, normalised by what they all mapped.
  case call(Operation)
  /// The calls of one kind that a function makes for a device, normalised by what the device mapped.
  case site(device: String, Operation, function: String)

  /// The device that it is about; nil for the whole and for calls.
  public var device: String? {
    switch self {
    case .whole, .call: nil
    case .device(let name), .direction(let name, _), .site(let name, _, _): name
    }
  }
}
