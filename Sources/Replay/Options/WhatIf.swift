import DMAModel

/// An assumption under which a recording is replayed once more: `coherent`, `device=0000:00:05.0,mask=64`,
/// `cacheLine=128`, `platform=riscv`, `recycle`, or several of them with commas between.
public struct WhatIf: Sendable, Equatable {
  /// As the user wrote it.
  public let text: String
  /// The devices that it is about, a glob.
  public private(set) var device = "*"
  public private(set) var coherent: Bool?
  /// The widest address that the devices reach.
  public private(set) var mask: UInt64?
  /// Bytes.
  public private(set) var cacheLine: UInt64?
  public private(set) var platform: PlatformProfile?
  /// Buffers that were mapped before stay mapped.
  public private(set) var recycles = false

  /// Why an assumption cannot be understood, in a sentence.
  public struct Misfit: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String
  }

  /// Reads an assumption.
  ///
  /// - Throws: `Misfit` for unknown words and values, and where nothing is assumed.
  public init(_ text: String) throws(Misfit) {
    self.text = text
    for term in text.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = term.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      try take(sides[0], sides.count > 1 ? sides[1] : nil)
    }
    guard coherent != nil || mask != nil || cacheLine != nil || platform != nil || recycles else {
      throw Misfit(description: "'\(text)' assumes nothing; expected \(WhatIf.words)")
    }
    guard device == "*" || (cacheLine == nil && platform == nil) else {
      throw Misfit(
        description: "'\(text)': cacheLine and platform are those of the whole machine, not of a device")
    }
  }

  private static let words =
    "coherent, noncoherent, mask=BITS, cacheLine=BYTES, platform=NAME or recycle, and device=GLOB with it"

  private mutating func take(_ word: String, _ value: String?) throws(Misfit) {
    switch (word, value) {
    case ("coherent", nil): coherent = true
    case ("noncoherent", nil): coherent = false
    case ("recycle", nil): recycles = true
    case ("device", let glob?) where !glob.isEmpty: device = glob
    case ("mask", let bits?):
      guard let bits = Int(bits), 1...64 ~= bits else {
        throw Misfit(description: "'\(text)': expected mask=1 to mask=64, bits")
      }
      mask = bits == 64 ? .max : (1 << UInt64(bits)) - 1
    case ("cacheLine", let bytes?):
      guard let bytes = UInt64(bytes), bytes.nonzeroBitCount == 1, 4...4096 ~= bytes else {
        throw Misfit(description: "'\(text)': expected cacheLine= a power of two from 4 to 4096")
      }
      cacheLine = bytes
    case ("platform", let name?):
      guard let profile = PlatformProfile.named(name) else {
        let names = PlatformProfile.builtIn.compactMap(\.name).joined(separator: ", ")
        throw Misfit(description: "'\(text)': expected platform= \(names)")
      }
      platform = profile
    default:
      throw Misfit(description: "'\(text)': '\(word)' is not understood; expected \(WhatIf.words)")
    }
  }

  /// Whether it is about a device.
  func concerns(_ device: String) -> Bool { Glob(self.device).matches(device) }
}

extension ReplayOptions {
  /// The same options under an assumption.
  public func assuming(_ assumption: WhatIf) -> ReplayOptions {
    var options = self
    options.assumption = assumption
    if let profile = assumption.platform {
      options.platform = profile
      (options.adjustments.architecture, options.adjustments.cacheLine) = (nil, nil)
    }
    if let line = assumption.cacheLine { options.adjustments.cacheLine = line }
    return options
  }
}

/// What a replay under an assumption came to.
public struct Scenario: Sendable {
  /// The assumption as the user wrote it.
  public var assumption = ""
  public var totals = Totals()
  public var devices: [DeviceProfile] = []
  /// Whether at least this much would be left: how much is saved depends on what the recording does not show.
  public var isLowerBound = false

  public init() {}

  /// The scenario whose replay gave this profile.
  public init(_ assumption: WhatIf, _ profile: Profile) {
    self.assumption = assumption.text
    (totals, devices) = (profile.totals, profile.devices)
    isLowerBound = assumption.recycles
  }
}
