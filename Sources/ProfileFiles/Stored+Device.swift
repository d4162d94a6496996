import DMAModel
import Replay

extension DeviceProfile: Stored {
  /// With its tables by direction, step, width and size.
  static var memoryBytes: Int { MemoryLayout<Self>.stride + 1 << 12 }

  mutating func visit(_ fields: Fields) throws {
    try fields.plain("name", &name)
    try visitNature(fields)
    try fields.one("map", &map)
    try fields.one("unmap", &unmap)
    try fields.one("syncForCPU", &syncForCPU)
    try fields.one("syncForDevice", &syncForDevice)
    try fields.one("allocate", &allocate)
    try fields.one("smallAllocations", &smallAllocations)
    try fields.one("free", &free)
    try fields.list("mapsByDirection", &mapsByDirection)
    try fields.check(mapsByDirection.count == 3, "mapsByDirection", "three directions")
    try fields.one("live", &live)
    try fields.plain("liveUncertain", &liveUncertain)
    try fields.one("peak", &peak)
    try fields.one("maintenance", &maintenance)
    try fields.one("work", &work)
    try fields.one("bounce", &bounce)
    try fields.optionalOne("slots", &slots)
    try visitBits(fields)
    try fields.one("lifetimes", &lifetimes)
    try fields.plain("pressedBytes", &pressedBytes)
    try fields.plain("wantedBytes", &wantedBytes)
    try fields.plain("iotlbInvalidations", &iotlbInvalidations)
  }

  private mutating func visitNature(_ fields: Fields) throws {
    try fields.plain("coherent", &coherent)
    try fields.choice("coherentBecause", &coherentBecause)
    try visitAddressing(fields)
    try fields.optional("streamingMask", &streamingMask)
    try fields.optional("coherentMask", &coherentMask)
    try fields.choice("maskBecause", &maskBecause)
    try fields.list("maskHistory", &maskHistory)
    try fields.optional("requiredMask", &requiredMask)
    try fields.optional("maxMappingSize", &maxMappingSize)
    try fields.optionalChoice("coherentZone", &coherentZone)
    try fields.optional("highestAddress", &highestAddress)
  }

  /// The offset of direct addressing, or a word.
  private mutating func visitAddressing(_ fields: Fields) throws {
    var offset: Int64?
    if case .direct(let known) = addressing { offset = known }
    var isIOMMU = addressing == .iommu
    try fields.optional("busOffset", &offset)
    try fields.plain("iommu", &isIOMMU)
    addressing = isIOMMU ? .iommu : offset.map { .direct(offset: $0) } ?? .unknown
  }

  private mutating func visitBits(_ fields: Fields) throws {
    var widths = byWidth.enumerated().map {
      BitCount(bits: $0.offset, mappings: $0.element.mappings, bytes: $0.element.bytes)
    }.filter { !$0.isEmpty }
    var sizes = bySize.enumerated().map {
      BitCount(
        bits: $0.offset, mappings: $0.element.mappings, bytes: $0.element.bytes, lines: $0.element.lines)
    }.filter { !$0.isEmpty }
    try fields.list("byWidth", &widths)
    try fields.list("bySize", &sizes)
    guard fields.isReading else { return }
    for count in widths {
      (byWidth[count.bits].mappings, byWidth[count.bits].bytes) = (count.mappings, count.bytes)
    }
    for count in sizes {
      (bySize[count.bits].mappings, bySize[count.bits].bytes) = (count.mappings, count.bytes)
      bySize[count.bits].lines = count.lines
    }
  }
}

extension MaskChange: Stored {
  init() { self.init(time: 0, streaming: false, coherent: false, mask: 0, accepted: nil) }

  mutating func visit(_ fields: Fields) throws {
    try fields.plain("time", &time)
    try fields.plain("streaming", &streaming)
    try fields.plain("coherent", &coherent)
    try fields.plain("mask", &mask)
    try fields.optional("accepted", &accepted)
  }
}

extension PoolProfile: Stored {
  mutating func visit(_ fields: Fields) throws {
    try fields.plain("name", &name)
    try fields.plain("device", &device)
    try fields.plain("blockSize", &blockSize)
    try fields.plain("alignment", &alignment)
    try fields.plain("boundary", &boundary)
    try fields.plain("allocations", &allocations)
    try fields.plain("frees", &frees)
    try fields.plain("live", &live)
    try fields.plain("peak", &peak)
    try fields.plain("failed", &failed)
    try fields.plain("created", &created)
    try fields.plain("destroyed", &destroyed)
  }
}
