import DMAModel

// Judges maps and unmaps of single mappings; DMA201 to DMA207, DMA210, DMA211.
extension Replayer {
  /// An unmap or free against the entry that it took out.
  mutating func judgeRelease(_ device: Int, _ event: Event, of entry: LiveEntry) {
    guard isJudged(device), isSurely(entry, meantBy: event.direction) else { return }
    let before = entry.event
    if entry.kind != event.call.releasedKind {
      let (made, released) = (entry.kind.words, event.call.releasedKind.words)
      return findings.add(
        .releaseWrongFunction, device: device, asked: event, before: before, isFragile: true
      ) {
        ("made as \(made), released as \(released)", "release it with \(entry.kind.release)")
      }
    }
    let isMemory = entry.kind == .coherent || entry.kind == .pages
    if entry.size != event.size {
      let rule = isMemory ? Rule.freeSizeMismatch : .unmapSizeMismatch
      findings.add(rule, device: device, asked: event, before: before, isFragile: true) {
        let verbs = isMemory ? ("freed", "allocated") : ("unmapped", "mapped")
        return (
          "\(verbs.0) with \(bytes(event.size)), \(verbs.1) with \(bytes(entry.size))",
          "\(isMemory ? "free" : "unmap") \(bytes(entry.size))"
        )
      }
    }
    if isMemory {
      judgeFree(device, event, of: entry)
    } else {
      judgeUnmap(device, event, of: entry)
    }
  }

  private mutating func judgeUnmap(_ device: Int, _ event: Event, of entry: LiveEntry) {
    if entry.direction != event.direction {
      findings.add(
        .unmapDirectionMismatch, device: device, asked: event, before: entry.event, isFragile: true
      ) {
        ("unmapped \(event.direction.name), mapped \(entry.direction.name)", "unmap \(entry.direction.name)")
      }
    }
    judgeAttributes(device, event, of: entry)
    judgeOneSidedSyncs(device, event, of: entry)
    if let first = firstResultCheck, entry.mappedAt > first, !entry.isChecked, entry.kind == .single {
      findings.add(.mappingErrorUnchecked, device: device, asked: event, before: entry.event, isFragile: true)
      {
        ("the result of the map was not given to dma_mapping_error", "check the result before it is used")
      }
    }
  }

  mutating func judgeAttributes(_ device: Int, _ event: Event, of entry: LiveEntry) {
    let (made, released) = (entry.attributes.repeated, event.attributes.repeated)
    guard made != released else { return }
    findings.add(
      .unmapAttributesMismatch, device: device, asked: event, before: entry.event, isFragile: true
    ) {
      (
        "released with \(released.description), made with \(made.description)",
        "pass \(entry.attributes.description)"
      )
    }
  }

  /// An unmap or free of what is not in the table.
  mutating func judgeUnknownRelease(_ device: Int, _ event: Event) {
    guard isJudged(device) else { return }
    if isMappingError(event.address), event.call != .free {
      return findings.add(.errorAddressUsed, device: device, asked: event, isFragile: false) {
        ("unmaps \(hex(event.address)), which a failed mapping returns", "do not unmap what was not mapped")
      }
    }
    let place = UInt32(truncatingIfNeeded: device)
    if event.call != .unmapScatterlist,
      let number = mappings.find(place, at: event.address, where: { $0.kind == .scatterGather }),
      isSurely(mappings[number], meantBy: event.direction)
    {
      let made = mappings[number].event
      return findings.add(.releaseWrongFunction, device: device, asked: event, before: made, isFragile: true)
      {
        (
          "made as a scatterlist, released as \(event.call.releasedKind.words)",
          "release it with dma_unmap_sg"
        )
      }
    }
    guard isWhollySeen(device, event.direction), recordsMaking(event.call),
      !mappings.isCrowded(place, event.address)
    else { return }
    let isFree = event.call.isFree
    if let last = history.last(place, event.address), isGapless(since: last.time) {
      return findings.add(
        isFree ? .doubleFree : .doubleUnmap, device: device, asked: event, before: last.event, isFragile: true
      ) {
        let ago = duration(event.time &- last.time)
        return (
          "\(hex(event.address)) was \(isFree ? "freed" : "unmapped") \(ago) before, and not \(isFree ? "allocated" : "mapped") since",
          "release it once"
        )
      }
    }
    if !isFree, let owner = otherOwner(of: event, than: device) {
      let name = devices[Int(owner.device)].name
      return findings.add(
        .unmapWrongDevice, device: device, asked: event, before: owner.event, isFragile: true
      ) {
        ("\(hex(event.address)) is mapped for \(name)", "unmap it for \(name)")
      }
    }
    let inside = mappings.find(
      place, containing: event.address, size: 1, direction: event.direction, reach: devices[device].reach)
    let around = inside.map { mappings[$0].event }
    findings.add(
      isFree ? .freeNotAllocated : .unmapNotMapped, device: device, asked: event, before: around,
      isFragile: true
    ) {
      guard let around else {
        return ("nothing is \(isFree ? "allocated" : "mapped") at \(hex(event.address))", "")
      }
      let offset = event.address &- around.address
      return (
        "\(hex(event.address)) lies \(bytes(offset)) inside what was made at \(hex(around.address))",
        "release \(hex(around.address))"
      )
    }
  }

  /// The live mapping of another device at the address, alike in size.
  private mutating func otherOwner(of event: Event, than device: Int) -> LiveEntry? {
    for other in 0..<devices.count where other != device && isWhollySeen(other) {
      let place = UInt32(truncatingIfNeeded: other)
      if let number = mappings.find(
        place, at: event.address, where: { $0.kind == .single && $0.size == event.size })
      {
        return mappings[number]
      }
    }
    return nil
  }

  /// `dma_mapping_error` was called for an address.
  mutating func noteResultCheck(_ event: Event) {
    if firstResultCheck == nil { firstResultCheck = event.time }
    let device = place(event)
    if let number = mappings.find(
      UInt32(truncatingIfNeeded: device), at: event.address, where: { $0.kind == .single && !$0.isChecked })
    {
      mappings.markChecked(number)
    }
  }

  /// Whether findings of this device and moment count, by the filter.
  @inline(__always)
  func isJudged(_ device: Int) -> Bool { counts && devices.pointer(device).pointee.isSelected }

  private mutating func recordsMaking(_ release: Call) -> Bool {
    switch release {
    case .unmapPage: records(.mapPage)
    case .unmapResource: records(.mapResource)
    case .unmapScatterlist: records(.mapScatterlist)
    case .free: records(.allocate)
    default: records(.allocatePages, .allocateScatterTable)
    }
  }
}

extension Attributes {
  /// Those that a release has to repeat: drivers leave out the maintenance at either end as they see fit, others matter to
  /// the map alone, and of unknown ones nothing is known.
  var repeated: Attributes {
    subtracting([.skipCPUSync, .noWarn, .allocSinglePages, .cacheLinesOverlap, .requireCoherent]).subtracting(
      unknown)
  }
}

extension Call {
  /// What a release is meant for.
  var releasedKind: LiveMapping.Kind {
    switch self {
    case .unmapResource: .resource
    case .unmapScatterlist: .scatterGather
    case .free: .coherent
    case .freePages, .freeScatterTable: .pages
    default: .single
    }
  }

  /// Whether it gives back memory that came from the DMA API.
  var isFree: Bool { self == .free || self == .freePages || self == .freeScatterTable }
}

extension LiveMapping.Kind {
  /// With its article, for sentences.
  var words: String {
    switch self {
    case .single: "a single mapping"
    case .scatterGather: "a scatterlist"
    case .coherent: "coherent memory"
    case .resource: "a resource"
    case .pages: "pages that stay cached"
    }
  }

  /// The function that releases it.
  var release: String {
    switch self {
    case .single: "dma_unmap_single or dma_unmap_page"
    case .scatterGather: "dma_unmap_sg"
    case .coherent: "dma_free_coherent"
    case .resource: "dma_unmap_resource"
    case .pages: "dma_free_pages or dma_free_noncoherent"
    }
  }
}
