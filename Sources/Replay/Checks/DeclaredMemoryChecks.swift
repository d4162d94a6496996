import DMAModel

// Judges declared memory; DMA801 to DMA806.
extension Replayer {
  /// `dma_declare_coherent_memory`, before it takes effect.
  mutating func judgeDeclaration(_ device: Int, _ event: Event) {
    guard isJudged(device) else { return }
    if let old = declared.regions[device] {
      findings.add(
        .declaredSecondRegion, device: device, asked: event, before: old.declaration, isFragile: true
      ) {
        (
          "\(bytes(old.size)) at \(hex(old.first)) are declared already",
          "release the first region, or declare one larger one"
        )
      }
    }
    judgePages(device, event)
    let asked = event.nents & (Declaration.map | Declaration.io)
    let returned = Int64(bitPattern: event.value)
    let differs = returned > 0 && asked != 0 && returned & Int64(asked) == 0
    guard differs else { return }
    findings.add(.declaredFlagsMismatch, device: device, asked: event, isFragile: false) {
      (
        "asked for \(flagNames(asked)), given \(flagNames(Int32(truncatingIfNeeded: returned)))",
        "use the memory as the returned flag says"
      )
    }
  }

  private mutating func judgePages(_ device: Int, _ event: Event) {
    let page = hints.pageSize
    guard event.size & (page &- 1) != 0 else { return }
    let down = event.size & ~(page &- 1)
    let advice =
      event.call == .declareMemory
      ? "round the size down to \(bytes(down))" : "round the size up to \(bytes(down &+ page))"
    findings.add(.declaredNotPages, device: device, asked: event, isFragile: false) {
      ("\(bytes(event.size)) are not whole pages of \(bytes(page))", advice)
    }
  }

  mutating func judgeDeclaredRelease(_ device: Int, _ event: Event) {
    guard isJudged(device) else { return }
    guard let region = declared.regions[device] else {
      guard isWhollySeen(device), records(.declareMemory) else { return }
      return findings.add(.declaredReleaseNone, device: device, asked: event, isFragile: true) {
        ("the device has no declared region", "")
      }
    }
    guard maySearchAll(),
      let block = mappings.firstAllocated(
        UInt32(truncatingIfNeeded: device), in: region.first, size: region.size),
      isGapless(since: block.mappedAt)
    else { return }
    findings.add(.declaredReleasedInUse, device: device, asked: event, before: block.event, isFragile: true) {
      ("\(bytes(block.size)) at \(hex(block.address)) are allocated from it", "free what came from it first")
    }
  }

  mutating func judgeMark(_ device: Int, _ event: Event, _ old: Event?) {
    guard isJudged(device) else { return }
    judgePages(device, event)
    guard let old else { return }
    findings.add(.declaredRangeMarkedTwice, device: device, asked: event, before: old, isFragile: true) {
      ("\(bytes(old.size)) at \(hex(old.address)) are marked already", "")
    }
  }
}

private func flagNames(_ flags: Int32) -> String {
  let names = [(1, "MAP"), (2, "IO"), (4, "INCLUDES_CHILDREN"), (8, "EXCLUSIVE")]
  let known = names.filter { flags & Int32($0.0) != 0 }.map(\.1)
  return known.isEmpty ? String(flags) : known.joined(separator: "|")
}
