import DMAModel

/// Why a profile cannot be seen as one of another machine, in a sentence.
public struct PlatformMismatch: Error, Sendable, Equatable, CustomStringConvertible {
  public let description: String
}

extension Profile {
  /// Sets all estimates by other prices, exactly as a replay with them would.
  ///
  /// - Parameter options: the platform, whose prices take the place of all, and adjustments, that of single ones.
  /// - Throws: `PlatformMismatch` if they say more of the machine than prices, other than what the profile has counted by:
  ///   its sums cannot be counted again.
  public mutating func applyPrices(of options: ReplayOptions) throws(PlatformMismatch) {
    guard options.adjustments.hasOnlyPrices else {
      throw PlatformMismatch(
        description: "a saved profile holds sums, not events: of --set it takes prices, such as cleanLine=3")
    }
    if let asked = options.platform {
      guard let machine = replacement(asked) else {
        throw PlatformMismatch(
          description:
            "a saved profile holds sums, not events: it takes the prices of a platform that differs in nothing else "
            + "(\(platform.architecture), lines of \(platform.cacheLine) bytes); give the trace that it was made from"
        )
      }
      (platform.prices, platform.priceShares) = (machine.prices, [])
      (platform.name, platform.source, platform.summary) = (machine.name, machine.source, machine.summary)
    }
    for (work, price) in options.adjustments.prices {
      platform.priceShares.removeAll { $0.work == work }
      platform.prices.removeAll { $0.work == work }
      platform.prices.append(WorkPrice(work: work, price: price, isUsed: false))
    }
    applyPrices()
  }

  /// What a replay on this platform would say of it; nil if it would count otherwise, or could.
  private func replacement(_ asked: PlatformProfile) -> PlatformUse? {
    guard asked.coherent.isEmpty, asked.nonCoherent.isEmpty, asked.dmaZone == nil, asked.dma32Zone == nil
    else {
      return nil
    }
    var options = ReplayOptions()
    options.platform = asked
    let machine = Platform(options, RecordingHints(architecture: recording.architecture))
    let use = machine.use
    guard use.difference(from: platform) == nil, machine.isCoherent == circumstances.isCoherentByDefault,
      use.memory == platform.memory, use.swiotlb == platform.swiotlb
    else { return nil }
    return use
  }
}

extension PlatformProfile {
  fileprivate var hasOnlyPrices: Bool {
    var rest = self
    (rest.prices, rest.source) = ([:], "")
    return rest == PlatformProfile()
  }
}
