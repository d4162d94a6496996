import DMAModel

extension Call {
  /// The name under which kernels record the call. `dma_map_page` became `dma_map_phys`.
  func name(phys: Bool) -> String {
    switch self {
    case .mapPage: phys ? "dma_map_phys" : "dma_map_page"
    case .unmapPage: phys ? "dma_unmap_phys" : "dma_unmap_page"
    case .mapResource: "dma_map_resource"
    case .unmapResource: "dma_unmap_resource"
    case .mapScatterlist, .mapScatterlistFailed: "dma_map_sg"
    case .unmapScatterlist: "dma_unmap_sg"
    case .syncSingleForCPU: "dma_sync_single_for_cpu"
    case .syncSingleForDevice: "dma_sync_single_for_device"
    case .syncScatterlistForCPU: "dma_sync_sg_for_cpu"
    case .syncScatterlistForDevice: "dma_sync_sg_for_device"
    case .mappingError: "dma_mapping_error"
    default: memoryName ?? otherName
    }
  }

  private var memoryName: String? {
    switch self {
    case .allocate: "dma_alloc_coherent"
    case .free: "dma_free_coherent"
    case .allocatePages: "dma_alloc_pages"
    case .freePages: "dma_free_pages"
    case .allocateScatterTable, .allocateScatterTableFailed: "dma_alloc_noncontiguous"
    case .freeScatterTable: "dma_free_noncontiguous"
    case .poolCreate: "dma_pool_create"
    case .poolAllocate: "dma_pool_alloc"
    case .poolFree: "dma_pool_free"
    case .poolDestroy: "dma_pool_destroy"
    case .declareMemory: "dma_declare_coherent_memory"
    case .releaseDeclaredMemory: "dma_release_declared_memory"
    case .markDeclaredMemoryOccupied: "dma_mark_declared_memory_occupied"
    case .cacheSync: "dma_cache_sync"
    case .isConsistent: "dma_is_consistent"
    case .cacheAlignment: "dma_get_cache_alignment"
    default: nil
    }
  }

  private var otherName: String {
    switch self {
    case .setMask: "dma_set_mask"
    case .setCoherentMask: "dma_set_coherent_mask"
    case .setMaskAndCoherent: "dma_set_mask_and_coherent"
    case .getRequiredMask: "dma_get_required_mask"
    case .maxMappingSize: "dma_max_mapping_size"
    case .supported: "dma_supported"
    case .swiotlbBounced: "swiotlb_bounced"
    case .iommuMap: "iommu_map"
    case .iommuUnmap: "iommu_unmap"
    case .iommuFault: "io_page_fault"
    case .driverBound: "driver bound"
    case .driverUnbound: "driver unbound"
    default: "\(self)"
    }
  }
}

extension Event {
  /// The parameters that the record carries, under their C names.
  func parameters(_ names: NameTable) -> [(name: String, value: String)] {
    var list: [(name: String, value: String)] = []
    func add(_ name: String, _ value: String) { list.append((name, value)) }
    switch call {
    case .mapPage, .mapResource, .unmapPage, .unmapResource, .syncSingleForCPU, .syncSingleForDevice:
      add("dma_addr", hex(address))
      add("size", String(size))
    case .mapScatterlist, .mapScatterlistFailed, .unmapScatterlist, .syncScatterlistForCPU,
      .syncScatterlistForDevice:
      if address != 0 { add(listAddressName, hex(address)) }
      if size != 0 { add("size", String(size)) }
      add("nents", String(max(nents, Int32(busCount))))
    case .allocate, .free, .allocatePages, .freePages, .allocateScatterTable, .freeScatterTable:
      add("dma_addr", hex(address))
      add("size", String(size))
      if value != 0 { add("virt_addr", hex(value)) }
    case .poolCreate, .poolAllocate, .poolFree, .poolDestroy: addPool(&list, names)
    case .setMask, .setCoherentMask, .setMaskAndCoherent:
      add("mask", hex(address))
      add("ret", String(Int64(bitPattern: value)))
    case .getRequiredMask: add("ret", hex(value))
    case .maxMappingSize, .cacheAlignment: add("ret", String(value))
    case .declareMemory, .markDeclaredMemoryOccupied:
      add("device_addr", hex(address))
      add("size", String(size))
    case .cacheSync:
      add("vaddr", hex(value))
      add("size", String(size))
    case .mappingError, .isConsistent: add("dma_addr", hex(address))
    case .iommuFault: add("iova", hex(address))
    default: break
    }
    if direction != .none, carriesDirection { add("dir", direction.name) }
    if !attributes.isEmpty { add("attrs", attributes.description) }
    if flags.contains(.hasPhysicalAddress), call == .mapPage || call == .mapResource {
      add("phys_addr", hex(physicalAddress))
    }
    if !context.words.isEmpty { add("context", context.words) }
    return list
  }

  /// What the address of a scatterlist event is: that of its first entry, or of the list where it names no entries.
  private var listAddressName: String {
    switch call {
    case .unmapScatterlist: physicalCount > 0 ? "phys_addr" : "sg"
    case .syncScatterlistForCPU, .syncScatterlistForDevice: busCount > 0 ? "dma_addr" : "sg"
    default: "dma_addr"
    }
  }

  private var carriesDirection: Bool {
    switch call {
    case .allocate, .free, .poolCreate, .poolAllocate, .poolFree, .poolDestroy: false
    default: true
    }
  }

  private func addPool(_ list: inout [(name: String, value: String)], _ names: NameTable) {
    if name != 0 { list.append(("name", names[name])) }
    if address != 0 { list.append(("pool", hex(address))) }
    if call == .poolCreate {
      list.append(("size", String(size)))
      list.append(("align", String(physicalAddress)))
      list.append(("boundary", String(value)))
    } else if value != 0 {
      list.append(("vaddr", hex(value)))
      if physicalAddress != 0 { list.append(("dma", hex(physicalAddress))) }
    }
  }
}
