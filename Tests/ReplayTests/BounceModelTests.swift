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

  @Test("that found no slot while all is bounced are not the mask's doing")
  func forcedFailure() throws {
    var recorder = Recorder()
    request(&recorder, 0x1000, 64, mask: 0xffff_ffff, forced: true)
    recorder.map(.max, 64, .toDevice, physical: 0x1000)
    // Without a request it is: the mask is too narrow, and there is no pool.
    recorder.map(0x2000, 64, .toDevice)
    let device = try #require(recorder.replay().devices.first)
    #expect(device.pressure == 0 && device.map.failed == 1 && device.bounce.unserved == 1)
    recorder.map(.max, 64, .toDevice, physical: 0x1_0000_0000)
    #expect(try #require(recorder.replay().devices.first).pressure == 0.5)
  }

  @Test("hold slots of 2 KiB, with their offset in the first; more than 128 of them cannot be had")
  func slots() throws {
    var recorder = Recorder()
    func bounce(_ bus: UInt64, _ physical: UInt64, _ size: UInt64) {
      request(&recorder, physical, size, mask: 0xffff_ffff, forced: true)
      recorder.map(bus, size, .toDevice, physical: physical)
    }
    bounce(0x7000_0000, 0x1000, 2048)  // 1
    bounce(0x7000_1000, 0x2000, 2049)  // 2
    bounce(0x7000_2200, 0x3200, 4096)  // 3, for the offset is kept
    recorder.unmap(0x7000_1000, 2049, .toDevice)
    bounce(0x7000_4000, 0x4000, 256 << 10)  // 128
    request(&recorder, 0x9_0000, (256 << 10) + 1, mask: 0xffff_ffff, forced: true)
    recorder.map(.max, (256 << 10) + 1, .toDevice, physical: 0x9_0000)
    let profile = recorder.replay()
    let device = try #require(profile.devices.first)
    #expect(device.slots?.live == 132 && device.slots?.peak == 132)
    #expect(profile.totals.slots == device.slots)
    #expect(device.bounce.tooLarge == 1 && device.bounce.unserved == 1)
    // A device that says that it takes less.
    var limited = Recorder()
    limited.add(.maxMappingSize, "disk") { ($0.value, $0.flags) = (1 << 16, .isReturn) }
    request(&limited, 0x9_0000, (1 << 16) + 1, mask: 0xffff_ffff)
    #expect(limited.replay().devices.first?.bounce.tooLarge == 1)
    // Where requests are not recorded, what is held is not known.
    var silent = Recorder()
    silent.map(0x1000, 64, .toDevice)
    #expect(silent.replay().totals.slots == nil)
  }

  @Test(
    "of coherent memory, narrow masks ask for low memory",
    arguments: [
      ("x86", 0xff_ffff, LowZone.dma), ("x86", 0xffff_ffff, .dma32), ("x86", 0xf_ffff_ffff, nil),
      ("arm64", 0xff_ffff, .dma32), ("arm64", .max, nil),
    ] as [(String, UInt64, LowZone?)])
  func zones(machine: String, mask: UInt64, zone: LowZone?) throws {
    var recorder = Recorder()
    recorder.add(.setCoherentMask, "disk") { ($0.value, $0.flags) = (mask, .isEntry) }
    recorder.add(.setCoherentMask, "disk") { ($0.value, $0.flags) = (0, .isReturn) }
    recorder.map(0x1000, 64, .toDevice)
    #expect(try #require(recorder.replay(platform: machine).devices.first).coherentZone == zone)
    // Where the platform's file says where the zones end.
    let small = recorder.replay {
      var board = PlatformProfile()
      (board.dmaZone, board.dma32Zone) = (mask, mask)
      $0.platform = board
    }
    #expect(small.devices.first?.coherentZone == .dma)
  }

  @Test("behind an IOMMU: the window of low addresses, and what lies above it")
  func window() throws {
    var recorder = Recorder()
    for page in 0..<4 as Range<UInt64> {
      recorder.add(.iommuMap, "") { ($0.address, $0.size) = (0xffff_0000 - page << 12, 4096) }
      recorder.map(0xffff_0000 - page << 12, 4096, .toDevice, physical: 0x8_0000_0000 + page << 20)
    }
    recorder.map(0x1_0000_0000, 4096, .toDevice, physical: 0x9_1000_0000)
    let device = try #require(recorder.replay().devices.first)
    #expect(device.addressing == .iommu && device.iovaWindow == 1 << 32)
    #expect(device.iovaWindowShare == Double(5 * 4096) / Double(UInt64(1) << 32))
    #expect(device.mappingsAboveWindow == 1)
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
