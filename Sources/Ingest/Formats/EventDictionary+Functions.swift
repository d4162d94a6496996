import DMAModel

// The functions of the DMA API, current and historical, as dynamic events and JSON Lines name them: an event named after
// the function is its entry, one named `NAME__return` its return. Fields are named after the C parameters; `ret` is the
// result. Systems: any.
//
// To add one: its name in a list below, or a line of its own.
extension EventDictionary {
  static let functions: [Row] = streaming + lists + syncs + memory + pools + masks + declared + drivers

  static let device = "device=device|dev|hwdev|pdev|dev_name"
  static let direction = "direction=dir|direction"
  static let busAddress = "address=dma_addr|addr|dma_handle|dma_address|handle"
  static let gfp = "allocation=flag|flags|gfp|gfp_flags|mem_flags"

  private static let streaming: [Row] =
    functions(
      "dma_map_single dma_map_single_attrs dma_map_page dma_map_page_attrs dma_map_phys pci_map_single pci_map_page",
      .mapPage,
      "\(device) value=ptr|cpu_addr physicalAddress=phys_addr|phys|paddr size=size \(direction) attributes=attrs",
      returns: "address=ret|dma_addr|dma_handle")
    + functions(
      "dma_map_resource", .mapResource,
      "\(device) physicalAddress=phys_addr size=size \(direction) attributes=attrs",
      returns: "address=ret|dma_addr|dma_handle")
    + functions(
      "dma_unmap_single dma_unmap_single_attrs dma_unmap_page dma_unmap_page_attrs dma_unmap_phys pci_unmap_single"
        + " pci_unmap_page", .unmapPage, "\(device) \(busAddress) size=size \(direction) attributes=attrs")
    + functions(
      "dma_unmap_resource", .unmapResource, "\(device) \(busAddress) size=size \(direction) attributes=attrs")
    + functions(
      "dma_mapping_error pci_dma_mapping_error debug_dma_mapping_error", .mappingError,
      "\(device) \(busAddress)")

  private static let lists: [Row] =
    functions(
      "dma_map_sg dma_map_sg_attrs pci_map_sg", .mapScatterlist, list,
      returns: "ents=ret|full_ents|ents busAddresses=dma_addrs")
    + functions(
      // Its result is 0 or an error, not a number of entries.
      "dma_map_sgtable", .mapScatterlist, list,
      returns: "ents=full_ents|ents value=ret busAddresses=dma_addrs", givesStatus: true)
    + functions(
      "dma_unmap_sg dma_unmap_sg_attrs dma_unmap_sgtable pci_unmap_sg", .unmapScatterlist,
      "\(device) address=sg|sgl|sglist|sgt nents=nents|nelems|nhwentries physicalAddresses=addrs|phys_addrs \(direction)"
        + " attributes=attrs")

  private static let list =
    "\(device) address=sg|sgl|sglist|sgt nents=full_nents|nents|nelems physicalAddresses=phys_addrs"
    + " lengths=lengths \(direction) attributes=attrs"

  private static let syncs: [Row] =
    functions(
      "dma_sync_single dma_sync_single_for_cpu pci_dma_sync_single pci_dma_sync_single_for_cpu",
      .syncSingleForCPU,
      "\(device) \(busAddress) size=size \(direction)")
    + functions(
      "dma_sync_single_for_device pci_dma_sync_single_for_device", .syncSingleForDevice,
      "\(device) \(busAddress) size=size \(direction)")
    + functions(
      "dma_sync_single_range dma_sync_single_range_for_cpu", .syncSingleForCPU,
      "\(device) \(busAddress) offset=offset size=size \(direction)")
    + functions(
      "dma_sync_single_range_for_device", .syncSingleForDevice,
      "\(device) \(busAddress) offset=offset size=size \(direction)")
    + functions(
      "dma_sync_sg dma_sync_sg_for_cpu dma_sync_sgtable_for_cpu pci_dma_sync_sg pci_dma_sync_sg_for_cpu",
      .syncScatterlistForCPU, syncList)
    + functions(
      "dma_sync_sg_for_device dma_sync_sgtable_for_device pci_dma_sync_sg_for_device",
      .syncScatterlistForDevice,
      syncList)
    + functions("dma_cache_sync", .cacheSync, "\(device) value=vaddr|cpu_addr size=size \(direction)")

  private static let syncList =
    "\(device) address=sg|sgl|sglist|sgt nents=nents|nelems|nelem busAddresses=dma_addrs lengths=lengths \(direction)"

  private static let memory: [Row] =
    functions(
      "dma_alloc_coherent dma_zalloc_coherent dma_alloc_attrs dma_alloc_wc dma_alloc_writecombine dmam_alloc_coherent"
        + " dmam_alloc_attrs pci_alloc_consistent pci_zalloc_consistent", .allocate,
      "\(device) size=size \(gfp) attributes=attrs", returns: block)
    + functions(
      "dma_alloc_noncoherent dma_alloc_pages dmam_alloc_noncoherent", .allocatePages,
      "\(device) size=size \(gfp) \(direction) attributes=attrs", returns: block)
    + functions(
      "dma_alloc_noncontiguous", .allocateScatterTable,
      "\(device) size=size \(gfp) \(direction) attributes=attrs",
      returns: "value=ret address=dma_addr")
    + functions(
      "dma_free_coherent dma_free_attrs dma_free_wc dma_free_writecombine dmam_free_coherent pci_free_consistent",
      .free,
      released)
    + functions("dma_free_noncoherent dma_free_pages", .freePages, "\(released) \(direction)")
    + functions(
      "dma_free_noncontiguous", .freeScatterTable, "\(device) size=size address=dma_addr \(direction)")
    + functions(
      "dma_is_consistent", .isConsistent, "\(device) \(busAddress)", returns: "value=ret", isEntry: false)
    + functions("dma_get_cache_alignment", .cacheAlignment, device, returns: "value=ret", isEntry: false)

  static let block = "value=ret|virt_addr|vaddr|cpu_addr address=dma_handle|dma_addr|handle"
  static let released =
    "\(device) size=size value=vaddr|cpu_addr|virt_addr address=dma_handle|dma_addr|handle|bus_addr attributes=attrs"

  private static let pools: [Row] =
    functions(
      "dma_pool_create dmam_pool_create pci_pool_create", .poolCreate,
      "name=name \(device) size=size physicalAddress=align value=boundary|allocation",
      returns: "address=ret|pool",
      isEntry: false)
    + functions(
      "dma_pool_alloc dma_pool_zalloc pci_pool_alloc pci_pool_zalloc", .poolAllocate,
      "\(device) name=name address=pool \(gfp)",
      returns: "value=ret|vaddr physicalAddress=handle|dma|dma_handle",
      isEntry: false)
    + functions(
      "dma_pool_free pci_pool_free", .poolFree,
      "\(device) name=name address=pool value=vaddr|cpu_addr physicalAddress=dma|addr|handle|dma_addr")
    + functions(
      "dma_pool_destroy dmam_pool_destroy pci_pool_destroy", .poolDestroy,
      "\(device) name=name address=pool size=size")

  /// Entry: the mask in `value`. Return: the result in `value`, and the mask in `address` where it was recorded too.
  private static let masks: [Row] =
    mask("dma_set_mask pci_set_dma_mask", .setMask)
    + mask("dma_set_coherent_mask pci_set_consistent_dma_mask", .setCoherentMask)
    + mask("dma_set_mask_and_coherent dma_coerce_mask_and_coherent", .setMaskAndCoherent)
    + mask("dma_supported pci_dma_supported", .supported)
    + functions("dma_get_required_mask", .getRequiredMask, device, returns: "value=ret|mask", isEntry: false)
    + functions("dma_max_mapping_size", .maxMappingSize, device, returns: "value=ret|size", isEntry: false)

  private static func mask(_ names: String, _ call: Call) -> [Row] {
    names.split(separator: " ").flatMap { name in
      [
        Row(system: "*", name: String(name), call: call, fields: "\(device) value=mask"),
        Row(
          system: "*", name: "\(name)__return", call: call, fields: "\(device) address=mask value=ret",
          flags: .isReturn, results: "ret"),
      ]
    }
  }

  /// Documentation/DMA-API.txt of Linux 2.6 to 5.x.
  private static let declared: [Row] =
    [
      Row(
        system: "*", name: "dma_declare_coherent_memory", call: .declareMemory,
        fields: "\(region) nents=flags",
        flags: .isEntry),
      Row(
        system: "*", name: "dma_declare_coherent_memory__return", call: .declareMemory,
        fields: "\(region) nents=flags value=ret", flags: .isReturn, results: "ret"),
    ] + functions("dma_release_declared_memory", .releaseDeclaredMemory, device)
    + functions(
      "dma_mark_declared_memory_occupied", .markDeclaredMemoryOccupied,
      "\(device) address=device_addr size=size",
      returns: "value=ret")

  private static let region = "\(device) physicalAddress=phys_addr|bus_addr address=device_addr size=size"

  private static let drivers: [Row] =
    functions("driver_bound", .driverBound, device) + functions("driver_unbound", .driverUnbound, device)
    // What a driver has not released itself is released on the way: it is gone when these return.
    + functions("device_unbind_cleanup device_release_driver", .driverUnbound, device, returns: "value=ret")

  /// Rows of functions with the same parameters.
  ///
  /// - Parameters:
  ///   - returns: what a return knows besides the parameters; nil if nothing of interest comes back.
  ///   - isEntry: whether an entry means nothing without its return.
  ///   - givesStatus: whether the result is 0 or an error.
  ///   - unless: see `Row.unless`.
  ///   - isUntracked: see `Row.isUntracked`.
  static func functions(
    _ names: String, _ call: Call, _ fields: String, returns: String? = nil, isEntry: Bool = true,
    givesStatus: Bool = false, unless: String = "", isUntracked: Bool = false
  ) -> [Row] {
    names.split(separator: " ").flatMap { name -> [Row] in
      let flags: Event.Flags = returns != nil && isEntry ? .isEntry : []
      let entry = Row(
        system: "*", name: String(name), call: call, fields: fields, flags: flags, unless: unless,
        isUntracked: isUntracked)
      guard let returns else { return [entry] }
      let results = returns.split(separator: " ").flatMap {
        $0.split(separator: "=").last?.split(separator: "|") ?? []
      }
      return [
        entry,
        Row(
          system: "*", name: "\(name)__return", call: call, fields: "\(fields) \(returns)",
          flags: givesStatus ? [.isReturn, .givesStatus] : .isReturn, results: results.joined(separator: " "),
          unless: unless, isUntracked: isUntracked),
      ]
    }
  }
}
