import DMAModel

// Judges memory from the DMA API; DMA601 to DMA609.
extension Replayer {
  /// Live blocks of less than half a page that a device may have before a pool is advised.
  private static let smallBlockLimit: UInt64 = 8

  mutating func judgeAllocation(_ device: Int, _ event: Event) {
    guard isJudged(device) else { return }
    if event.allocation.contains(.recorded), event.allocation.contains(.mayBlock), isAtomic(event) {
      findings.add(.sleepingAllocationInAtomic, device: device, asked: event, isFragile: false) {
        ("flags that may sleep, \(event.context.words)", "allocate with GFP_ATOMIC, or before")
      }
    }
  }

  /// A block that is now among the live ones.
  mutating func judgeSmallBlock(_ device: Int, _ event: Event) {
    guard event.call == .allocate, event.size < hints.pageSize / 2 else { return }
    devices[device].smallBlocks &+= 1
    guard isJudged(device), devices[device].smallBlocks >= Replayer.smallBlockLimit else { return }
    let (count, page) = (devices[device].smallBlocks, hints.pageSize)
    findings.add(.smallCoherentAllocations, device: device, asked: event, isFragile: false) {
      (
        "\(bytes(event.size)), in \(bytes(page)) of its own, like \(grouped(count &- 1)) others",
        "take the blocks from a dma_pool"
      )
    }
  }

  /// A free, known or not: `dma_free_attrs` may sleep.
  mutating func judgeFreeing(_ device: Int, _ event: Event) {
    guard isJudged(device), event.call == .free,
      areInterruptsOff(event) || !event.context.isDisjoint(with: [.hardIRQ, .nmi])
    else { return }
    findings.add(.freeWithIrqsOff, device: device, asked: event, isFragile: false) {
      ("freed \(event.context.words)", "free where interrupts are on")
    }
  }

  /// A free against the entry that it took out, its size apart.
  mutating func judgeFree(_ device: Int, _ event: Event, of entry: LiveEntry) {
    if event.value != 0, entry.cpuAddress != 0, event.value != entry.cpuAddress {
      findings.add(
        .freeCPUAddressMismatch, device: device, asked: event, before: entry.event, isFragile: true
      ) {
        (
          "freed at \(hex(event.value)), allocated at \(hex(entry.cpuAddress))",
          "free \(hex(entry.cpuAddress))"
        )
      }
    }
    judgeAttributes(device, event, of: entry)
  }

  /// `dma_cache_sync`.
  mutating func judgeCacheSync(_ device: Int, _ event: Event) {
    guard isJudged(device), isWhollySeen(device), !noncoherentBlocks.isOverflown,
      records(.allocatePages, .allocate),
      !noncoherentBlocks.contains(UInt32(truncatingIfNeeded: device), event.value, event.size)
    else { return }
    findings.add(.cacheSyncNotAllocated, device: device, asked: event, isFragile: true) {
      ("no block of dma_alloc_noncoherent holds \(bytes(event.size)) at \(hex(event.value))", "")
    }
  }

  /// The answer of `dma_get_cache_alignment`.
  mutating func judgeCacheAlignment(_ event: Event) {
    guard event.flags.contains(.isReturn), event.value.nonzeroBitCount != 1, counts else { return }
    let device = place(event)
    findings.add(.cacheAlignmentNotPowerOfTwo, device: device, asked: event, isFragile: false) {
      ("it said \(grouped(event.value))", "")
    }
  }
}

extension Event.Context {
  /// `in a soft interrupt, with interrupts off`
  var words: String {
    let parts = [
      contains(.nmi) ? "in an NMI" : nil, contains(.hardIRQ) ? "in an interrupt" : nil,
      contains(.softIRQ) ? "in a soft interrupt" : nil, contains(.irqsOff) ? "with interrupts off" : nil,
    ]
    return parts.compactMap { $0 }.joined(separator: ", ")
  }
}
