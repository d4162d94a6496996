import DMAModel

// Judges masks, limits and failures; DMA501 to DMA507.
extension Replayer {
  /// An address that a device was handed, streaming or coherent.
  mutating func judgeReach(_ device: Int, _ event: Event, address: UInt64, size: UInt64, mask: UInt64?) {
    guard let mask else { return }
    let (end, overflow) = address.addingReportingOverflow(size == 0 ? 0 : size &- 1)
    if overflow || end > mask { reportBeyondMask(device, event, overflow ? .max : end, mask) }
  }

  private mutating func reportBeyondMask(_ device: Int, _ event: Event, _ end: UInt64, _ mask: UInt64) {
    guard isJudged(device) else { return }
    let before = devices[device].maskEvent
    findings.add(.addressBeyondMask, device: device, asked: event, before: before, isFragile: true) {
      ("its last byte is at \(hex(end)), the mask is \(hex(mask))", "")
    }
  }

  /// A map, where a mask or a limit is known.
  mutating func judgeLimits(_ device: Int, _ event: Event) {
    let mask = devices[device].streamingMask
    judgeReach(device, event, address: event.address, size: event.size, mask: mask)
    judgeLimits(device, event, size: event.size)
  }

  /// A map after a mask was refused, and one that is larger than may be.
  mutating func judgeLimits(_ device: Int, _ event: Event, size: UInt64) {
    if devices[device].refusedMask != nil { reportRefused(device, event) }
    if let limit = devices[device].maxMappingSize, size > limit { reportTooLarge(device, event, size, limit) }
  }

  private mutating func reportRefused(_ device: Int, _ event: Event) {
    guard isJudged(device), let refused = devices[device].refusedMask, isGapless(since: refused.time) else {
      return
    }
    findings.add(.mappedAfterRefusedMask, device: device, asked: event, before: refused, isFragile: true) {
      (
        "the mask \(hex(refused.address)) was refused, and no other was accepted since",
        "give up the device, or ask for a narrower mask"
      )
    }
  }

  private mutating func reportTooLarge(_ device: Int, _ event: Event, _ size: UInt64, _ limit: UInt64) {
    guard isJudged(device) else { return }
    let before = devices[device].limitEvent
    findings.add(.mappingTooLarge, device: device, asked: event, before: before, isFragile: false) {
      ("\(bytes(size)), and dma_max_mapping_size said \(grouped(limit))", "split it")
    }
  }

  /// A failed map: eight within 100 ms, or four with no success between them, are reported as one burst.
  mutating func judgeFailure(_ device: Int, _ event: Event) {
    let (burst, row, span) = (8, 4, UInt64(100_000_000))
    if event.time &- devices[device].failureStart > span || devices[device].failures == 0 {
      devices[device].failureStart = event.time
      devices[device].failures = 0
    }
    devices[device].failures += 1
    devices[device].failedRow += 1
    guard isJudged(device) else { return }
    let (start, inRow) = (devices[device].failureStart, devices[device].failedRow)
    if devices[device].failures == burst {
      findings.add(.mapFailures, device: device, asked: event, isFragile: false) {
        (
          "\(burst) failed within \(duration(event.time &- start))",
          "see what holds the bounce buffers, and handle the failure"
        )
      }
    } else if inRow == row {
      findings.add(.mapFailures, device: device, asked: event, isFragile: true) {
        ("\(row) failed in a row", "see what holds the bounce buffers, and handle the failure")
      }
    }
  }

  /// At the end: the masks against what the platform requires. What it requires of one device it requires of all that
  /// sit behind no IOMMU.
  mutating func judgeMasks(_ verdicts: [Verdict]) {
    var platformEvent: Event?
    for device in 0..<devices.count {
      if let event = devices[device].requiredEvent, event.value > platformEvent?.value ?? 0 {
        platformEvent = event
      }
    }
    for device in 0..<devices.count where devices[device].isSelected {
      guard let mask = devices[device].streamingMask, devices[device].maskEvent != nil else { continue }
      let before = devices[device].maskEvent
      if let asked = devices[device].requiredEvent, asked.value > 0, asked.value < mask {
        findings.add(.maskWiderThanNeeded, device: device, asked: asked, before: before, isFragile: false) {
          (
            "the mask is \(hex(mask)), the platform requires \(hex(asked.value))",
            "descriptors with narrower addresses would do"
          )
        }
      } else if let asked = devices[device].requiredEvent ?? platformEvent, asked.value > mask,
        verdicts[device].addressing != .iommu
      {
        findings.add(
          .maskNarrowerThanRequired, device: device, asked: asked, before: before, isFragile: false
        ) {
          (
            "the mask is \(hex(mask)), the platform requires \(hex(asked.value))",
            "expect bounce copies, or put the device behind an IOMMU"
          )
        }
      }
    }
  }

  /// A mapping that was bounced because of the mask.
  mutating func noteMaskBounce(_ device: Int, _ event: Event, size: UInt64) {
    guard isJudged(device) else { return }
    let mask = devices[device].bounceMask ?? 0
    findings.add(.maskBounces, device: device, asked: event, isFragile: false) {
      (
        "\(bytes(size)) were copied, since the mask \(hex(mask)) does not reach them",
        "set a wider mask if the device can, or allocate below it"
      )
    }
  }
}
