import DMAModel

// To add one: a row in `builtIn`, with the source of what it says. The first profile of an architecture is the one that
// recordings of it get.
extension PlatformProfile {
  /// The profiles that `--platform` knows by name.
  public static let builtIn: [PlatformProfile] =
    Architecture.all.map { generic($0) } + [
      built("imx6", "arm", "NXP i.MX6, Cortex-A9 with an outer PL310 cache") {
        $0.cacheLine = 32
        // lan743x on an i.MX6QP, netdev, January 2021: 231 to 570 Mbit/s once only what was received was synced.
        let bound = "bound from lan743x on i.MX6QP, 2021 (231 to 570 Mbit/s), L1 and L2"
        for work in [Work.cleanLine, .invalidateLine, .cleanInvalidateLine] {
          $0.prices[work] = Price(Estimate(low: 5, mid: 25, high: 64), source: bound, isMeasured: false)
        }
      },
      built("armada38x", "arm", "Marvell Armada 38x, Cortex-A9 with an outer PL310 cache") {
        $0.cacheLine = 32
        // mvneta's page_pool, 2019: XDP drop 420 to 590 kpps.
        let bound = "bound from mvneta, 2019 (420 to 590 kpps, 0.7 µs a packet)"
        $0.prices[.call] = Price(Estimate(low: 20, mid: 150, high: 700), source: bound, isMeasured: false)
      },
    ]

  /// The built-in profile of this name; nil if there is none.
  public static func named(_ name: String) -> PlatformProfile? { builtIn.first { $0.name == name } }

  static func generic(_ architecture: Architecture) -> PlatformProfile {
    let summary =
      architecture.isCoherent
      ? "any \(architecture.name) machine: devices snoop"
      : "any \(architecture.name) machine, lines of \(architecture.cacheLine) bytes"
    return built(architecture.name, architecture.name, summary) {
      $0.cacheLine = architecture.cacheLine
      $0.isCoherent = architecture.isCoherent
    }
  }

  private static func built(
    _ name: String, _ architecture: String, _ summary: String, _ change: (inout PlatformProfile) -> Void
  ) -> PlatformProfile {
    var profile = PlatformProfile()
    (profile.name, profile.architecture, profile.summary) = (name, architecture, summary)
    profile.source = "built in"
    profile.prices = anyMachine
    profile.isCoherent = false
    profile.speculates = true
    change(&profile)
    return profile
  }

  /// Prices that enclose the published figures: at most 64 ns for a line of 32 bytes on an i.MX6 with its outer cache
  /// (lan743x, 2021), 0.7 µs for a packet on an Armada (mvneta, 2019), 1.0 to 1.4 µs for a map behind an SMMU
  /// (dma_map_benchmark, 2025). No measurement of the recorded machine stands behind them.
  private static let anyMachine: [Work: Price] = {
    let lines = "range of published bounds (lan743x 2021, mvneta 2019)"
    func price(_ low: Double, _ mid: Double, _ high: Double, _ source: String) -> Price {
      Price(Estimate(low: low, mid: mid, high: high), source: source, isMeasured: false)
    }
    return [
      .call: price(20, 60, 200, lines),
      .cleanLine: price(1, 5, 30, lines),
      .invalidateLine: price(1, 5, 40, lines),
      .cleanInvalidateLine: price(1, 6, 64, lines),
      .copiedByte: price(0.03, 0.1, 1, "memory bandwidth of 1 to 33 GB/s"),
      .iotlbInvalidation: price(200, 700, 3000, "range around dma_map_benchmark, 2025 (map 1.0 µs)"),
    ]
  }()
}
