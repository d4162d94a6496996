import DMAModel
import Testing

@testable import Replay

/// Expected figures are worked out by hand from kernel/dma/direct.h and arch/arm64/mm/dma-mapping.c.
@Suite("The maintenance model")
struct MaintenanceModelTests {
  @Test("counts a map for the device and an unmap for the CPU, in lines from the bus address")
  func mapAndUnmap() throws {
    var recorder = Recorder()
    recorder.map(0x1030, 0x60, .fromDevice)  // bytes 0x1030 ... 0x108f: lines 0x1000, 0x1040, 0x1080
    recorder.unmap(0x1030, 0x60, .fromDevice)
    let device = try #require(recorder.replay().devices.first)
    // The first and the last line are covered in part.
    let sum = Maintenance(calls: 1, bytes: 0x60, lines: 3, partialLines: 2, unalignedLines: 3)
    #expect(device.maintenance[.forDevice, .fromDevice] == sum)
    #expect(device.maintenance[.forCPU, .fromDevice] == sum)
    #expect(device.work.cleanedLines == 3)
    #expect(device.work.invalidatedLines == 3)
    #expect(device.live == Footprint())
  }

  @Test("counts the call of an unmap TO_DEVICE, for which arm64 does nothing")
  func toDevice() throws {
    var recorder = Recorder()
    recorder.map(0x1000, 64, .toDevice)
    recorder.unmap(0x1000, 64, .toDevice)
    let device = try #require(recorder.replay().devices.first)
    #expect(device.maintenance[.forCPU, .toDevice].calls == 1)
    #expect(device.work.cleanedLines == 1)
    #expect(device.work.invalidatedLines == 0)
  }

  @Test("does nothing for SKIP_CPU_SYNC, MMIO, failed maps and coherent devices")
  func nothing() throws {
    var recorder = Recorder()
    recorder.map(0x1000, 64, .toDevice, attributes: .skipCPUSync)
    recorder.map(0x2000, 64, .toDevice, attributes: .mmio)
    recorder.map(.max, 64, .toDevice, physical: 0x3000)
    recorder.map(0x4000, 64, .toDevice, device: "nic")
    let profile = recorder.replay { $0.coherent = ["nic"] }
    #expect(profile.totals.maintenance == MaintenanceTable())
    #expect(profile.totals.map.failed == 1)
    #expect(profile.totals.live.mappings == 3)
  }

  @Test("takes the most specific glob, and the non-coherent one of equals")
  func globs() {
    var options = ReplayOptions()
    options.nonCoherent = ["*"]
    options.coherent = ["0000:00:0?.0"]
    #expect(options.saysCoherent("0000:00:03.0") == true)
    #expect(options.saysCoherent("a003e00.virtio_mmio") == false)
    options.nonCoherent = ["0000:00:0?.0"]
    #expect(options.saysCoherent("0000:00:03.0") == false)
    #expect(options.saysCoherent("other") == nil)
  }

  @Test("counts a call for each entry of a joined scatterlist, lines from the joined ones")
  func joined() throws {
    var recorder = Recorder()
    let pages: [UInt64] = [0x8000_0000, 0x9000_0000]
    recorder.mapList(pages, bus: [0xfff0_0000], lengths: [8192], nents: 2, ents: 1, .toDevice)
    recorder.unmapList(pages, .toDevice)
    let device = try #require(recorder.replay().devices.first)
    #expect(device.maintenance[.forDevice, .toDevice] == Maintenance(calls: 2, bytes: 8192, lines: 128))
    #expect(device.maintenance[.forCPU, .toDevice] == Maintenance(calls: 2, bytes: 8192, lines: 128))
    #expect(device.unmap.unknown == 0)
    #expect(device.live.scatterlists == 0)
  }

  @Test("says how many calls of a cut list are of unknown size")
  func cut() throws {
    var recorder = Recorder()
    recorder.mapList([0x1000], bus: [0x1000], lengths: [64], nents: 3, ents: 3, .toDevice)
    let device = try #require(recorder.replay().devices.first)
    #expect(
      device.maintenance[.forDevice, .toDevice] == Maintenance(calls: 3, bytes: 64, lines: 1, unsizedCalls: 2)
    )
  }

  @Test("prepares whole pages, and nothing for memory from the atomic pool")
  func prepare() throws {
    var recorder = Recorder()
    func allocate(_ recorder: inout Recorder, _ address: UInt64, _ flags: AllocationFlags) {
      recorder.add(.allocate, "disk") {
        ($0.address, $0.size, $0.value, $0.allocation) = (address, 100, 0xffff_0000, flags)
      }
    }
    allocate(&recorder, 0x1000, [.recorded, .mayBlock])
    allocate(&recorder, 0x2000, [.recorded])
    let device = try #require(recorder.replay().devices.first)
    #expect(device.maintenance[.prepare, .bidirectional] == Maintenance(calls: 1, bytes: 4096, lines: 64))
    #expect(device.live.coherentBlocks == 2)
    #expect(device.live.coherentBytes == 200)
  }

  @Test("counts lines at the end of the address space without overflow")
  func overflow() {
    let platform = Platform(ReplayOptions(), RecordingHints(architecture: "aarch64"))
    #expect(platform.lines(.max - 10, 100) == 1)
    #expect(platform.lines(0, 0) == 0)
    #expect(platform.lines(63, 2) == 2)
  }

  @Test("adds up to the same estimate by device, by call and by task")
  func attribution() throws {
    var recorder = Recorder()
    recorder.map(0x1010, 100, .toDevice)
    recorder.map(0x3000, 4096, .fromDevice, device: "net")
    recorder.unmap(0x3000, 4096, .fromDevice, device: "net")
    recorder.add(.swiotlbBounced, "disk") {
      ($0.address, $0.size, $0.value) = (0x9_0000_0000, 64, 0xffff_ffff)
    }
    recorder.map(0x5000, 64, .fromDevice, physical: 0x9_0000_0000)
    recorder.unmap(0x5000, 64, .fromDevice)
    recorder.add(.allocate, "net") { ($0.address, $0.size, $0.value) = (0x8000, 4096, 0xffff) }
    let profile = recorder.replay()
    let whole = profile.totals.estimate.mid
    #expect(whole > 0)
    #expect(abs(profile.operations.reduce(0) { $0 + $1.estimate.mid } - whole) < 1e-6)
    #expect(abs(profile.tasks.reduce(0) { $0 + $1.estimate.mid } - whole) < 1e-6)
    #expect(abs(profile.devices.reduce(0) { $0 + $1.estimate.mid } - whole) < 1e-6)
    // Three maps of 100, 4096 and 64 bytes.
    #expect(abs(try #require(profile.totals.estimatePerMapping).mid * 3 - whole) < 1e-6)
    #expect(abs(try #require(profile.totals.estimatePerMiB).mid * 4260 / 1_048_576 - whole) < 1e-6)
    // Lines: 100 bytes from 0x1010 lie in 2; with 64 twice, 64 lines twice and 64 lines of the block.
    let (lines, bytes) = (2.0 + 2 + 128 + 64, 100.0 + 128 + 8192 + 4096)
    #expect(profile.totals.roundingShare(cacheLine: 64) == 1 - bytes / (lines * 64))
  }
}
