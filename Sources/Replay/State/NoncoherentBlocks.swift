/// Live memory that stays cached, by its CPU address, which is all that `dma_cache_sync` names.
struct NoncoherentBlocks {
  private struct Block {
    var device: UInt32
    var address: UInt64
    var size: UInt64
  }

  private static let limit = 4096
  private var blocks: [Block] = []
  /// Whether there were more than are kept, so that an absence says nothing.
  private(set) var isOverflown = false

  mutating func insert(_ device: UInt32, _ address: UInt64, _ size: UInt64) {
    guard blocks.count < NoncoherentBlocks.limit else {
      isOverflown = true
      return
    }
    blocks.append(Block(device: device, address: address, size: size))
  }

  mutating func remove(_ device: UInt32, _ address: UInt64) {
    guard let index = blocks.firstIndex(where: { $0.device == device && $0.address == address }) else {
      return
    }
    blocks.swapAt(index, blocks.count - 1)
    blocks.removeLast()
  }

  /// Whether one block holds all of these bytes.
  func contains(_ device: UInt32, _ address: UInt64, _ size: UInt64) -> Bool {
    blocks.contains {
      $0.device == device && address >= $0.address && address &- $0.address <= $0.size
        && size <= $0.size &- (address &- $0.address)
    }
  }
}
