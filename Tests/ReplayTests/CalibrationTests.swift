import DMAModel
import Testing

@testable import Replay

@Suite("Calibration")
struct CalibrationTests {
  /// Calls of both functions that take 85 ns, and 3.2 ns for a line cleaned or 4.7 ns for a line invalidated; a tenth of
  /// noise, and one call in a hundred that takes twenty times as long.
  ///
  /// - Parameters:
  ///   - idle: what every third call takes, which does nothing, if there are such calls.
  ///   - recording: what recording adds to each.
  private static func profile(
    calls: Int, sizes: [UInt64], seed: UInt64, perLine: Bool = true, idle: Double? = nil,
    recording: Double = 0
  ) -> Profile {
    var state = seed
    func random() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / Double(1 << 53)
    }
    /// Nearly normal: the sum of twelve even numbers less six.
    func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + random() } }
    var recorder = Recorder()
    var clock: UInt64 = 1_000_000
    for number in 0..<calls {
      let isForCPU = number % 2 == 1
      let lines = sizes[Int(random() * Double(sizes.count))]
      var time = 85 + (perLine ? (isForCPU ? 4.7 : 3.2) * Double(lines) : 0)
      let isIdle = idle != nil && number % 3 == 0
      if let idle, isIdle { time = idle }
      time = (time + recording) * (1 + 0.1 * normal())
      if random() < 0.01 { time *= 20 }
      let call: Call = isForCPU || isIdle ? .archSyncForCPU : .archSyncForDevice
      recorder.add(call, "") {
        ($0.time, $0.physicalAddress, $0.size) = (clock, 0x1000, lines * 64)
        $0.direction = isIdle ? .toDevice : .fromDevice
      }
      clock += UInt64(max(1, time).rounded())
      recorder.add(call, "") { ($0.time, $0.flags) = (clock, .isReturn) }
      clock += 10_000
    }
    return recorder.replay()
  }

  private static let sizes: [UInt64] = [1, 2, 4, 8, 16, 24, 32, 64, 128, 256, 512, 1024]

  @Test("recovers known prices within 2 % from noisy calls with outliers", arguments: 1...8)
  func recovers(seed: Int) throws {
    let calibration = try Calibration(
      Self.profile(calls: 6000, sizes: Self.sizes, seed: UInt64(seed) &* 0x9e37_79b9))
    let clean = try #require(calibration.fits.first { $0.operation == .clean })
    let drop = try #require(calibration.fits.first { $0.operation == .invalidate })
    #expect(abs(clean.line.mid / 3.2 - 1) < 0.02)
    #expect(abs(drop.line.mid / 4.7 - 1) < 0.02)
    #expect(abs(calibration.call.mid / 85 - 1) < 0.02)
    // The outliers, and hardly anything else.
    let rejected = clean.rejected + drop.rejected
    #expect(rejected > 30 && rejected < 120)
    #expect(calibration.refusals.isEmpty)
  }

  @Test("tells what recording takes from calls that do nothing", arguments: 1...4)
  func recording(seed: Int) throws {
    let seed = UInt64(seed) &* 0x9e37_79b9
    let probed = try Calibration(
      Self.profile(calls: 9000, sizes: Self.sizes, seed: seed, idle: 2, recording: 1500))
    #expect(abs(try #require(probed.overhead).mid / 1502 - 1) < 0.02)
    // 85 ns beside 1,500 ns that vary by a tenth.
    #expect(abs(probed.call.mid - 83) < 30 && probed.call.low < 85 && probed.call.high > 85)
    // Calls that do nothing and cost as much as any: it is the call that costs, not its recording.
    let bare = try Calibration(Self.profile(calls: 9000, sizes: Self.sizes, seed: seed, idle: 85))
    #expect(bare.overhead == nil && abs(bare.call.mid / 85 - 1) < 0.02)
  }

  @Test("makes a platform that says it is measured")
  func platform() throws {
    let profile = Self.profile(calls: 2000, sizes: Self.sizes, seed: 3)
    let platform = try Calibration(profile).platform(profile, name: "board")
    #expect(platform.architecture == "arm64" && platform.cacheLine == 64 && platform.name == "board")
    #expect(Set(platform.prices.keys) == [.call, .cleanLine, .invalidateLine, .cleanInvalidateLine])
    #expect(platform.prices.values.allSatisfy { $0.isMeasured })
    // What it prices is calibrated, and what it leaves to the built-in prices is not.
    var recorder = Recorder()
    recorder.map(0x1000, 4096, .fromDevice)
    #expect(recorder.replay { $0.platform = platform }.platform.calibrated)
    recorder.add(.swiotlbBounced, "disk") {
      ($0.address, $0.size, $0.value) = (0x9_0000_0000, 64, 0xffff_ffff)
    }
    recorder.map(0x2000, 64, .fromDevice, physical: 0x9_0000_0000)
    #expect(!recorder.replay { $0.platform = platform }.platform.calibrated)
    #expect(!recorder.replay().platform.calibrated)
  }

  @Test("refuses calls of one size, few calls, and time that does not depend on lines")
  func refusals() {
    func reason(_ profile: Profile) -> String {
      do {
        _ = try Calibration(profile)
        return ""
      } catch { return error.description }
    }
    #expect(reason(Self.profile(calls: 2000, sizes: [64], seed: 5)).contains("cannot be told from"))
    #expect(reason(Self.profile(calls: 60, sizes: Self.sizes, seed: 5)).contains("at least 50 are needed"))
    #expect(
      reason(Self.profile(calls: 3000, sizes: Self.sizes, seed: 5, perLine: false)).contains("does not grow"))
    #expect(reason(Recorder().replay()).contains("no durations"))
  }

  @Test("pairs a return with the call that it belongs to")
  func pairing() throws {
    var recorder = Recorder()
    func add(_ call: Call, _ time: UInt64, pid: Int32 = 7, cpu: UInt16 = 0, returns: Bool = false) {
      recorder.add(call, "") {
        ($0.time, $0.pid, $0.cpu, $0.size, $0.direction) = (time, pid, cpu, 64, .fromDevice)
        if returns { $0.flags = .isReturn }
      }
    }
    add(.archSyncForCPU, 0, returns: true)  // of a call before the recording
    add(.archSyncForDevice, 100)
    add(.archSyncForDevice, 120)  // an interrupt's, of the same task
    add(.archSyncForCPU, 130, pid: 9, cpu: 1)
    add(.archSyncForDevice, 150, returns: true)
    add(.archSyncForDevice, 200, returns: true)
    add(.archSyncForCPU, 210, pid: 9, cpu: 1, returns: true)
    add(.archSyncForDevice, 300)
    recorder.add(.lost, "") { $0.time = 310 }
    add(.archSyncForDevice, 400, returns: true)  // of which call is not known
    let profile = recorder.replay()
    #expect(profile.measuredTime?.samples.map(\.nanoseconds) == [30, 100, 80])
    #expect(profile.measuredTime?.sums[.forDevice]?.nanoseconds == 130)
    #expect(profile.measuredTime?.overhead == nil)
  }
}
