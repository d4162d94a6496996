import DMAModel
import Replay

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A profile as JSON text, schema `dmascope.report/1`; see `ReportDocument` for its names and units.
public struct JSONReport {
  private let document: ReportDocument

  /// `toolVersion` is what `dmascope --version` says; `includeLive` adds every mapping live at the end.
  public init(_ profile: Profile, toolVersion: String, includeLive: Bool) {
    document = ReportDocument(profile, toolVersion: toolVersion, includeLive: includeLive)
  }

  /// The whole document, keys sorted, with a newline at its end. Complexity: linear in its size.
  public func render() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
  }
}

/// An optional value that appears as `null` where it is absent, so that its key is always there.
@propertyWrapper
struct OrNull<Value: Encodable>: Encodable {
  var wrappedValue: Value?

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let wrappedValue {
      try container.encode(wrappedValue)
    } else {
      try container.encodeNil()
    }
  }
}

extension Double {
  /// This number if JSON has a way to write it, else nil.
  var finite: Double? { isFinite ? self : nil }
}
