import DMAModel
import Testing

@testable import Replay

@Suite("Bounces and masks")
struct BounceModelTests {
  private func request(
    _ recorder: inout Recorder, _ address: UInt64, _ size: UInt64, mask: UInt64, forced: Bool = false
  ) {
    recorder.add(.swiotlbBounced, "disk") {
      ($0.address, $0.size, $0.value) = (address, size, mask)
      if forced { $0.flags.insert(.forced) }
    }
  }

  @Test("are for the mask, for alignment or forced, as the request shows")
  func causes() throws {
    var recorder = Recorder()
    request(&recorder, 0x1_0000_0000, 64, mask: 0xffff_ffff)
    recorder.map(0x7000_0000, 64, .toDevice, physical: 0x1_0000_0000)
    request(&recorder, 0x1008, 8, mask: 0xffff_ffff)
    recorder.map(0x7000_0800, 8, .fromDevice, physical: 0x1008)
    request(&recorder, 0x2000, 64, mask: 0xffff_ffff, forced: true)
    recorder.map(0x7000_1000, 64, .fromDevice, physical: 0x2000)
    recorder.unmap(0x7000_1000, 64, .fromDevice)
    let bounce = try #require(recorder.replay().devices.first).bounce
    #expect((bounce.mask, bounce.alignment, bounce.forced) == (1, 1, 1))
    #expect(bounce.mappings == 3)
    // Into the buffer in every direction, out of it only where the device wrote.
    #expect(bounce.bytesIn == 136)
    #expect(bounce.bytesOut == 64)
  }

  @Test("that found no slot count as requests, not as mappings")
  func failed() throws {
    var recorder = Recorder()
    request(&recorder, 0x1_0000_0000, 64, mask: 0xffff_ffff)
    recorder.map(.max, 64, .toDevice, physical: 0x1_0000_0000)
    let device = try #require(recorder.replay().devices.first)
    #expect(device.bounce.requests == 1)
    #expect(device.bounce.mappings == 0)
    #expect(device.pressure == 1)
  }

  @Test("are maintained in the bounce slot, and synced inside a larger mapping")
  func sync() throws {
    var recorder = Recorder()
    request(&recorder, 0x1_0000_0000, 4096, mask: 0xffff_ffff)
    recorder.map(0x7000_0000, 4096, .fromDevice, physical: 0x1_0000_0000)
    recorder.add(.syncSingleForCPU, "disk") {
      ($0.address, $0.size, $0.direction) = (0x7000_0400, 128, .fromDevice)
    }
    let device = try #require(recorder.replay().devices.first)
    #expect(device.bounce.bytesOut == 128)
    #expect(device.maintenance[.forCPU, .fromDevice] == Maintenance(calls: 1, bytes: 128, lines: 2))
  }

  @Test("leave a refused mask without effect, and pair a return with its task's call")
  func masks() throws {
    var recorder = Recorder()
    recorder.add(.setMask, "disk") { $0.value = .max }
    recorder.add(.setMask, "") {
      $0.flags = .isReturn
      $0.value = UInt64(bitPattern: -5)
    }
    recorder.add(.setMask, "disk") { $0.value = 0xffff_ffff }
    recorder.add(.setMask, "") { $0.flags = .isReturn }
    let device = try #require(recorder.replay().devices.first)
    #expect(device.streamingMask == 0xffff_ffff)
    #expect(device.maskHistory.map(\.accepted) == [false, true])
    #expect(device.maskBecause == .set)
  }
}
