import DMAModel
import Testing

@testable import Replay

/// What random legal programs were once complained of, each as short as it can be.
@Suite("Memory that is mapped several times, and parts that are lost")
struct AliasTests {
  /// A recording that begins with a driver.
  private static func recorder() -> Recorder {
    var recorder = Recorder()
    recorder.add(.driverBound, "disk")
    return recorder
  }

  private static func isQuiet(_ recorder: Recorder, kernel: String = "6.12.0") -> Bool {
    !recorder.replay(kernel: kernel) { $0.coherent = ["*"] }.findings.contains { $0.isGrave }
  }

  @Test("lists that are mapped well come between lists that are not")
  func failuresApart() {
    var recorder = AliasTests.recorder()
    func fail() { recorder.add(.mapScatterlistFailed, "disk") { ($0.nents, $0.direction) = (1, .toDevice) } }
    for page in 1...5 as ClosedRange<UInt64> {
      let address = page << 12
      recorder.mapList(
        [address], bus: [address], lengths: [64], nents: 1, ents: 1, .toDevice)
      recorder.unmapList([address], .toDevice)
      fail()
    }
    #expect(AliasTests.isQuiet(recorder))
    for _ in 0..<3 { fail() }
    #expect(!AliasTests.isQuiet(recorder), "four in a row are reported all the same")
  }

  @Test("a sync of a list is no sync of another that begins with the same memory")
  func listsAlike() {
    var recorder = AliasTests.recorder()
    recorder.mapList(
      [0x1000, 0x5000], bus: [0x1000, 0x5000], lengths: [64, 64], nents: 2, ents: 2, .toDevice)
    recorder.mapList([0x1000], bus: [0x1000], lengths: [64], nents: 1, ents: 1, .toDevice)
    func sync(_ addresses: [UInt64]) {
      let start = UInt32(recorder.segments.count)
      recorder.segments += addresses + addresses.map { _ in 64 }
      recorder.add(.syncScatterlistForCPU, "disk") {
        ($0.segments, $0.busCount, $0.direction) = (start, UInt16(addresses.count), .toDevice)
      }
    }
    sync([0x1000, 0x5000])
    sync([0x1000])
    #expect(AliasTests.isQuiet(recorder))
    sync([0x1000, 0x5000, 0x9000])
    #expect(!AliasTests.isQuiet(recorder), "a count that no list has is reported all the same")
  }

  @Test("two lists of the same memory are unmapped in any order, wherever the device sees them")
  func listsApart() {
    var recorder = AliasTests.recorder()
    for bus in [0x10_0000, 0x20_0000] as [UInt64] {
      recorder.mapList([0x1000], bus: [bus], lengths: [64], nents: 1, ents: 1, .toDevice)
    }
    recorder.unmapList([0x1000], .toDevice)
    let start = UInt32(recorder.segments.count)
    recorder.segments += [0x10_0000, 64]
    recorder.add(.syncScatterlistForCPU, "disk") {
      ($0.segments, $0.busCount, $0.direction) = (start, 1, .toDevice)
    }
    recorder.unmapList([0x1000], .toDevice)
    #expect(AliasTests.isQuiet(recorder))
  }

  @Test("an unmap belongs to the mapping with its attributes")
  func attributesApart() {
    var recorder = AliasTests.recorder()
    recorder.map(0x1000, 64, .toDevice)
    recorder.map(0x1000, 64, .toDevice, attributes: .weakOrdering)
    recorder.unmap(0x1000, 64, .toDevice, attributes: .weakOrdering)
    recorder.unmap(0x1000, 64, .toDevice)
    #expect(AliasTests.isQuiet(recorder))
  }

  @Test(
    "two equal mappings are unmapped twice where unmaps may be left out", arguments: ["6.12.0", "6.18.0"])
  func omittedUnmaps(kernel: String) {
    var recorder = AliasTests.recorder()
    recorder.map(0x1000, 64, .toDevice)
    recorder.map(0x1000, 64, .toDevice)
    recorder.unmap(0x1000, 64, .toDevice)
    recorder.unmap(0x1000, 64, .toDevice)
    #expect(AliasTests.isQuiet(recorder, kernel: kernel))
  }

  @Test("the unmap of a list whose map was lost takes no part of another list")
  func lostMap() {
    var recorder = AliasTests.recorder()
    // The map of a list of 0x1000 alone is lost.
    recorder.add(.lost, "") { $0.value = 1 }
    recorder.mapList(
      [0x1000, 0x5000], bus: [0x1000, 0x5000], lengths: [64, 64], nents: 2, ents: 2, .toDevice)
    recorder.unmapList([0x1000], .toDevice)
    recorder.unmapList([0x1000, 0x5000], .toDevice)
    recorder.add(.driverUnbound, "disk")
    #expect(AliasTests.isQuiet(recorder))
  }

  @Test("a pool whose creation was lost is not judged by the one that was there before")
  func lostPool() {
    var recorder = AliasTests.recorder()
    let handle: UInt64 = 0xffff_0000_1000_0000
    func create(boundary: UInt64) {
      recorder.add(.poolCreate, "disk") { ($0.size, $0.value, $0.flags) = (256, boundary, .isEntry) }
      recorder.add(.poolCreate, "disk") { ($0.address, $0.flags) = (handle, [.isReturn, .hasAddress]) }
    }
    func allocate() {
      recorder.add(.poolAllocate, "disk") {
        ($0.address, $0.physicalAddress, $0.value) = (handle, 0x13c0, 0xffff_8000_0000_13c0)
        $0.flags.formUnion([.isReturn, .hasPhysicalAddress])
      }
    }
    create(boundary: 1024)
    // It is destroyed, and another made without a boundary.
    recorder.add(.lost, "") { $0.value = 3 }
    allocate()
    #expect(AliasTests.isQuiet(recorder))
    create(boundary: 1024)
    allocate()
    #expect(!AliasTests.isQuiet(recorder), "what is seen whole is judged all the same")
  }
}
