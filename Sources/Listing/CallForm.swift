import DMAModel

/// How a call is written down: under which name, with which members. The names are those that JSON Lines are read by
/// (docs/json-lines.md).
struct CallForm {
  /// What a member is taken from.
  enum Source {
    case device, name, address, physicalAddress, size, value, direction, attributes, allocation, nents, ents
    case physicalAddresses, busAddresses, lengths, forced
  }

  struct Member {
    let key: String
    let source: Source
    /// What only the return of the call tells.
    let isResult: Bool
    /// What stands before its value: ` size=`, `, "size": `.
    let textStart: [UInt8]
    let jsonStart: [UInt8]

    init(_ key: String, _ source: Source, isResult: Bool = false) {
      (self.key, self.source, self.isResult) = (key, source, isResult)
      (textStart, jsonStart) = (Array(" \(key)=".utf8), Array(", \"\(key)\": ".utf8))
    }
  }

  let name: String
  let members: [Member]

  /// - Parameter text: `key=source` separated by blanks; a `>` before the key marks what the call returns.
  private init(_ name: String, _ text: String) {
    self.name = name
    members = text.split(separator: " ").compactMap { word in
      let sides = word.split(separator: "=")
      guard sides.count == 2, let source = CallForm.sources[String(sides[1])] else { return nil }
      let isResult = sides[0].hasPrefix(">")
      return Member(String(isResult ? sides[0].dropFirst() : sides[0]), source, isResult: isResult)
    }
  }

  private static let sources: [String: Source] = [
    "device": .device, "name": .name, "address": .address, "physical": .physicalAddress, "size": .size,
    "value": .value, "direction": .direction, "attributes": .attributes, "allocation": .allocation,
    "nents": .nents, "ents": .ents, "physicals": .physicalAddresses, "buses": .busAddresses,
    "lengths": .lengths, "forced": .forced,
  ]

  static func of(_ call: Call) -> CallForm { all[Int(call.rawValue)] }

  private static let all = (0...(Call.allCases.map { Int($0.rawValue) }.max() ?? 0)).map { number in
    let call = Call(rawValue: UInt8(number))
    return call.flatMap { table[$0] } ?? CallForm(call.map { "\($0)" } ?? "", "")
  }

  /// To add a call: a line.
  private static let table: [Call: CallForm] = [
    .mapPage: CallForm(
      "dma_map_page", "dev=device phys_addr=physical size=size dir=direction attrs=attributes >ret=address"),
    .mapResource: CallForm(
      "dma_map_resource",
      "dev=device phys_addr=physical size=size dir=direction attrs=attributes >ret=address"),
    .unmapPage: CallForm(
      "dma_unmap_page", "dev=device dma_addr=address size=size dir=direction attrs=attributes"),
    .unmapResource: CallForm(
      "dma_unmap_resource", "dev=device dma_addr=address size=size dir=direction attrs=attributes"),
    .mapScatterlist: CallForm(
      "dma_map_sg",
      "dev=device sg=address nents=nents phys_addrs=physicals lengths=lengths dir=direction attrs=attributes"
        + " >dma_addrs=buses >ret=ents"),
    .mapScatterlistFailed: CallForm(
      "dma_map_sg_err", "dev=device phys_addrs=physicals dir=direction attrs=attributes err=value"),
    .unmapScatterlist: CallForm(
      "dma_unmap_sg", "dev=device sg=address nents=nents phys_addrs=physicals dir=direction attrs=attributes"),
    .syncSingleForCPU: CallForm(
      "dma_sync_single_for_cpu", "dev=device dma_addr=address size=size dir=direction"),
    .syncSingleForDevice: CallForm(
      "dma_sync_single_for_device", "dev=device dma_addr=address size=size dir=direction"),
    .syncScatterlistForCPU: CallForm(
      "dma_sync_sg_for_cpu", "dev=device sg=address nents=nents dma_addrs=buses lengths=lengths dir=direction"
    ),
    .syncScatterlistForDevice: CallForm(
      "dma_sync_sg_for_device",
      "dev=device sg=address nents=nents dma_addrs=buses lengths=lengths dir=direction"),
    .mappingError: CallForm("dma_mapping_error", "dev=device dma_addr=address"),
    .allocate: CallForm(
      "dma_alloc_attrs",
      "dev=device size=size flag=allocation attrs=attributes >dma_handle=address >ret=value"),
    .allocatePages: CallForm(
      "dma_alloc_pages",
      "dev=device size=size gfp=allocation dir=direction attrs=attributes >dma_handle=address >ret=value"),
    .allocateScatterTable: CallForm(
      "dma_alloc_noncontiguous",
      "dev=device size=size gfp=allocation dir=direction attrs=attributes >dma_addr=address >ret=value"),
    .allocateScatterTableFailed: CallForm(
      "dma_alloc_sgt_err",
      "device=device virt_addr=value dma_addr=address size=size dir=direction flags=allocation"),
    .free: CallForm(
      "dma_free_attrs", "dev=device size=size cpu_addr=value dma_handle=address attrs=attributes"),
    .freePages: CallForm(
      "dma_free_pages", "dev=device size=size cpu_addr=value dma_handle=address dir=direction"),
    .freeScatterTable: CallForm(
      "dma_free_noncontiguous", "dev=device size=size dma_addr=address dir=direction"),
    .poolCreate: CallForm(
      "dma_pool_create", "name=name dev=device size=size align=physical boundary=value >ret=address"),
    .poolAllocate: CallForm(
      "dma_pool_alloc", "dev=device name=name pool=address mem_flags=allocation >ret=value >handle=physical"),
    .poolFree: CallForm("dma_pool_free", "dev=device name=name pool=address vaddr=value dma=physical"),
    .poolDestroy: CallForm("dma_pool_destroy", "dev=device name=name pool=address size=size"),
    .declareMemory: CallForm(
      "dma_declare_coherent_memory",
      "dev=device phys_addr=physical device_addr=address size=size flags=nents >ret=value"),
    .releaseDeclaredMemory: CallForm("dma_release_declared_memory", "dev=device"),
    .markDeclaredMemoryOccupied: CallForm(
      "dma_mark_declared_memory_occupied", "dev=device device_addr=address size=size >ret=value"),
    .cacheSync: CallForm("dma_cache_sync", "dev=device vaddr=value size=size dir=direction"),
    .isConsistent: CallForm("dma_is_consistent", "dev=device dma_handle=address >ret=value"),
    .cacheAlignment: CallForm("dma_get_cache_alignment", "dev=device >ret=value"),
    .setMask: CallForm("dma_set_mask", "dev=device mask=value"),
    .setCoherentMask: CallForm("dma_set_coherent_mask", "dev=device mask=value"),
    .setMaskAndCoherent: CallForm("dma_set_mask_and_coherent", "dev=device mask=value"),
    .supported: CallForm("dma_supported", "dev=device mask=value"),
    .getRequiredMask: CallForm("dma_get_required_mask", "dev=device >ret=value"),
    .maxMappingSize: CallForm("dma_max_mapping_size", "dev=device >ret=value"),
    .driverBound: CallForm("driver_bound", "dev=device"),
    .driverUnbound: CallForm("driver_unbound", "dev=device"),
    .swiotlbBounced: CallForm(
      "swiotlb_bounced", "dev_name=device dma_mask=value dev_addr=address size=size force=forced"),
    .iommuMap: CallForm("map", "iova=address paddr=physical size=size"),
    .iommuUnmap: CallForm("unmap", "iova=address size=size"),
    .iommuFault: CallForm("io_page_fault", "device=device iova=address"),
    .archSyncForDevice: CallForm(
      "arch_sync_dma_for_device", "paddr=physical size=size dir=direction >duration_ns=value"),
    .archSyncForCPU: CallForm(
      "arch_sync_dma_for_cpu", "paddr=physical size=size dir=direction >duration_ns=value"),
    .archPrepareCoherent: CallForm("arch_dma_prep_coherent", "size=size >duration_ns=value"),
    .lost: CallForm("lost", "count=value"),
  ]
}

extension Call {
  /// Whether an entry says nothing of what the call returns, though it is not marked as one.
  var tellsAtReturn: Bool {
    switch self {
    case .poolCreate, .poolAllocate, .getRequiredMask, .maxMappingSize, .isConsistent, .cacheAlignment,
      .archSyncForDevice, .archSyncForCPU, .archPrepareCoherent:
      true
    default: false
    }
  }

  /// Whether its entry has a mask and its return a result, both in `value`.
  var isMaskCall: Bool {
    self == .setMask || self == .setCoherentMask || self == .setMaskAndCoherent || self == .supported
  }
}
