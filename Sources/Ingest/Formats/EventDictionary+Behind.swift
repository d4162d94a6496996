import DMAModel

// Functions behind the API, which people probe where a kernel has the API's own inlined (include/linux/dma-mapping.h until
// Linux 5.0, for instance). Fields are named after the C parameters, as those of the API's functions. In which releases
// and files each was found, with these parameters: docs/event-dictionary.md.
//
// A call goes through several of them, and is to be counted once: a row lists in `unless` what stands before its function on
// the way. It counts only if none of that was recorded, and counts itself.
//
// To add one: its name in a list below, with what calls it, and a line in docs/event-dictionary.md with where it was read.
extension EventDictionary {
  static let behind: [Row] = pages + scatterlists + resources + ownership + blocks + flushes

  // The API's own: functions and tracepoints.
  private static let maps =
    "dma_map_page dma_map_phys dma_map_page_attrs dma_map_single dma_map_single_attrs pci_map_single pci_map_page"
  private static let unmaps =
    "dma_unmap_page dma_unmap_phys dma_unmap_page_attrs dma_unmap_single dma_unmap_single_attrs pci_unmap_single"
    + " pci_unmap_page"
  private static let lists = "dma_map_sg dma_map_sg_attrs dma_map_sgtable pci_map_sg"
  private static let unlists = "dma_unmap_sg dma_unmap_sg_attrs dma_unmap_sgtable pci_unmap_sg"
  private static let allocations =
    "dma_alloc dma_alloc_coherent dma_alloc_attrs dma_zalloc_coherent pci_alloc_consistent"
  private static let frees = "dma_free dma_free_coherent dma_free_attrs pci_free_consistent"

  private static let address = "address=dma_addr|addr|dma_handle|handle|dev_addr|dma_address"
  private static let result = "address=ret|dma_addr|dma_handle"

  // MARK: - Single mappings

  // The checker's, called from the API with the result among the parameters.
  private static let mapHooks = "debug_dma_map_page debug_dma_map_phys"
  private static let unmapHooks = "debug_dma_unmap_page debug_dma_unmap_phys"
  // Xen's, which go on to those of the architecture (arm, arm64).
  private static let xenMaps = "\(maps) \(mapHooks) xen_swiotlb_map_page"
  private static let xenUnmaps = "\(unmaps) \(unmapHooks) xen_swiotlb_unmap_page"
  // What the `dma_map_ops` of an architecture or IOMMU driver call.
  private static let mapOperations =
    "arm_dma_map_page arm_iommu_map_page arm_nommu_dma_map_page __swiotlb_map_page __iommu_map_page intel_map_page"
    + " bounce_map_page mips_dma_map_page gart_map_page dma_iommu_map_page dma_nommu_map_page"
    + " dma_noncoherent_map_page"
  private static let unmapOperations =
    "arm_dma_unmap_page arm_iommu_unmap_page arm_nommu_dma_unmap_page __swiotlb_unmap_page __iommu_unmap_page"
    + " intel_unmap_page bounce_unmap_page mips_dma_unmap_page gart_unmap_page dma_iommu_unmap_page"
    + " dma_nommu_unmap_page dma_noncoherent_unmap_page"
  // Operations that have no unmap beside them: what they map would stay for ever.
  private static let oneWayMaps = "arm_coherent_dma_map_page nommu_map_page"
  // What those call in turn, and the API itself where a device has no operations of its own. Until 5.0 the parameter of
  // `iommu_dma_map_page` is no direction but `prot`.
  private static let innerMaps =
    "swiotlb_map_page dma_direct_map_page iommu_dma_map_page iommu_dma_map_phys"
    + " arm_coherent_iommu_map_page"
  private static let innerUnmaps =
    "swiotlb_unmap_page dma_direct_unmap_page iommu_dma_unmap_page iommu_dma_unmap_phys"
    + " arm_coherent_iommu_unmap_page"

  private static let mapFields =
    "\(device) physicalAddress=phys_addr|phys|paddr size=size \(direction) attributes=attrs"
  private static let unmapFields = "\(device) \(address) size=size \(direction) attributes=attrs"

  private static let pages: [Row] =
    functions(mapHooks, .mapPage, "\(mapFields) address=dma_addr", unless: maps)
    + functions(unmapHooks, .unmapPage, unmapFields, unless: unmaps)
    + functions(
      "xen_swiotlb_map_page", .mapPage, mapFields, returns: result, unless: "\(maps) \(mapHooks)")
    + functions("xen_swiotlb_unmap_page", .unmapPage, unmapFields, unless: "\(unmaps) \(unmapHooks)")
    + functions(mapOperations, .mapPage, mapFields, returns: result, unless: xenMaps)
    + functions(oneWayMaps, .mapPage, mapFields, returns: result, unless: xenMaps, isUntracked: true)
    + functions(unmapOperations, .unmapPage, unmapFields, unless: xenUnmaps)
    + functions(
      innerMaps, .mapPage, mapFields, returns: result, unless: "\(xenMaps) \(mapOperations) \(oneWayMaps)")
    + functions(innerUnmaps, .unmapPage, unmapFields, unless: "\(xenUnmaps) \(unmapOperations)")

  // MARK: - Scatterlists

  private static let listFields =
    "\(device) address=sg|sgl|sglist nents=nents|nelems|nelem|nhwentries \(direction) attributes=attrs"
  private static let listOperations =
    "arm_iommu_map_sg arm_nommu_dma_map_sg __swiotlb_map_sg_attrs __iommu_map_sg_attrs intel_map_sg mips_dma_map_sg"
    + " gart_map_sg xen_swiotlb_map_sg_attrs dma_iommu_map_sg dma_nommu_map_sg dma_noncoherent_map_sg"
  private static let unlistOperations =
    "arm_iommu_unmap_sg arm_nommu_dma_unmap_sg __swiotlb_unmap_sg_attrs __iommu_unmap_sg_attrs intel_unmap_sg"
    + " mips_dma_unmap_sg gart_unmap_sg xen_swiotlb_unmap_sg_attrs dma_iommu_unmap_sg dma_nommu_unmap_sg"
    + " dma_noncoherent_unmap_sg"

  private static let scatterlists: [Row] =
    functions("debug_dma_map_sg", .mapScatterlist, "\(listFields) ents=mapped_ents", unless: lists)
    + functions("debug_dma_unmap_sg", .unmapScatterlist, listFields, unless: unlists)
    + functions(
      listOperations, .mapScatterlist, listFields, returns: "ents=ret",
      unless: "\(lists) debug_dma_map_sg")
    // Nothing unmaps its lists.
    + functions(
      "nommu_map_sg", .mapScatterlist, listFields, returns: "ents=ret",
      unless: "\(lists) debug_dma_map_sg", isUntracked: true)
    + functions(
      unlistOperations, .unmapScatterlist, listFields, unless: "\(unlists) debug_dma_unmap_sg")
    + functions(
      "swiotlb_map_sg_attrs iommu_dma_map_sg arm_coherent_iommu_map_sg", .mapScatterlist, listFields,
      returns: "ents=ret", unless: "\(lists) debug_dma_map_sg \(listOperations)")
    + functions(
      "swiotlb_unmap_sg_attrs iommu_dma_unmap_sg arm_coherent_iommu_unmap_sg", .unmapScatterlist, listFields,
      unless: "\(unlists) debug_dma_unmap_sg \(unlistOperations)")
    // These map entry by entry through the function for pages, which counts where it was recorded.
    + functions(
      "arm_dma_map_sg bounce_map_sg dma_direct_map_sg xen_swiotlb_map_sg", .mapScatterlist, listFields,
      returns: "ents=ret",
      unless: "\(lists) debug_dma_map_sg \(listOperations) arm_dma_map_page arm_coherent_dma_map_page"
        + " bounce_map_page bounce_map_single dma_direct_map_page xen_swiotlb_map_page")
    + functions(
      "arm_dma_unmap_sg bounce_unmap_sg dma_direct_unmap_sg xen_swiotlb_unmap_sg", .unmapScatterlist,
      listFields,
      unless: "\(unlists) debug_dma_unmap_sg \(unlistOperations) arm_dma_unmap_page bounce_unmap_page"
        + " bounce_unmap_single dma_direct_unmap_page xen_swiotlb_unmap_page")

  // MARK: - Resources

  private static let resourceOperations = "arm_iommu_map_resource intel_map_resource bounce_map_resource"

  private static let resources: [Row] =
    functions(
      "debug_dma_map_resource", .mapResource,
      "\(device) physicalAddress=addr size=size \(direction) address=dma_addr attributes=attrs",
      unless: "dma_map_resource")
    + functions(
      "debug_dma_unmap_resource", .unmapResource, unmapFields, unless: "dma_unmap_resource")
    + functions(
      resourceOperations, .mapResource, mapFields, returns: result,
      unless: "dma_map_resource debug_dma_map_resource")
    + functions(
      "iommu_dma_map_resource", .mapResource, mapFields, returns: result,
      unless: "dma_map_resource debug_dma_map_resource \(resourceOperations)")
    // Without an IOMMU nothing is done, and nothing called, at the unmap.
    + functions(
      "dma_direct_map_resource", .mapResource, mapFields, returns: result,
      unless: "dma_map_resource debug_dma_map_resource \(resourceOperations)", isUntracked: true)
    + functions(
      "iommu_dma_unmap_resource arm_iommu_unmap_resource intel_unmap_resource bounce_unmap_resource",
      .unmapResource, unmapFields, unless: "dma_unmap_resource debug_dma_unmap_resource")

  // MARK: - Syncs

  private static let ownership: [Row] = [
    ("cpu", Call.syncSingleForCPU, Call.syncScatterlistForCPU),
    ("device", .syncSingleForDevice, .syncScatterlistForDevice),
  ].flatMap { side, single, list -> [Row] in
    let api = "dma_sync_single_for_\(side) pci_dma_sync_single_for_\(side) dma_sync_single_range_for_\(side)"
    let lists = "dma_sync_sg_for_\(side) pci_dma_sync_sg_for_\(side) dma_sync_sgtable_for_\(side)"
    let (hook, listHook) = ("debug_dma_sync_single_for_\(side)", "debug_dma_sync_sg_for_\(side)")
    let rangeHook = "debug_dma_sync_single_range_for_\(side)"
    let xen = "xen_swiotlb_sync_single_for_\(side)"
    let outer =
      "arm_dma_sync_single_for_\(side) arm_iommu_sync_single_for_\(side) arm_nommu_dma_sync_single_for_\(side)"
      + " __swiotlb_sync_single_for_\(side) __iommu_sync_single_for_\(side) mips_dma_sync_single_for_\(side)"
      + " bounce_sync_single_for_\(side) dma_noncoherent_sync_single_for_\(side)"
      + (side == "device" ? " nommu_sync_single_for_device" : "")
    let inner =
      "dma_direct_sync_single_for_\(side) iommu_dma_sync_single_for_\(side) swiotlb_sync_single_for_\(side)"
    let (xenLists, outerLists) = (
      xen.replacing("single", with: "sg"), outer.replacing("single", with: "sg")
    )
    let innerLists = inner.replacing("single", with: "sg")
    let (one, many) = ("\(device) \(address) size=size \(direction)", "\(listFields)")
    return functions(hook, single, one, unless: api)
      + functions(rangeHook, single, "\(one) offset=offset", unless: api)
      + functions(xen, single, one, unless: "\(api) \(hook) \(rangeHook)")
      + functions(outer, single, one, unless: "\(api) \(hook) \(rangeHook) \(xen)")
      + functions(inner, single, one, unless: "\(api) \(hook) \(rangeHook) \(xen) \(outer)")
      + functions(listHook, list, many, unless: lists)
      + functions(xenLists, list, many, unless: "\(lists) \(listHook) \(xen)")
      + functions(outerLists, list, many, unless: "\(lists) \(listHook) \(xenLists) \(outer)")
      + functions(innerLists, list, many, unless: "\(lists) \(listHook) \(xenLists) \(outerLists) \(outer)")
  }

  // MARK: - Coherent memory

  private static let blockFields = "\(device) size=size \(gfp) attributes=attrs"
  private static let blockOperations =
    "arm_dma_alloc arm_coherent_dma_alloc arm_iommu_alloc_attrs arm_coherent_iommu_alloc_attrs arm_nommu_dma_alloc"
    + " __iommu_alloc_attrs intel_alloc_coherent mips_dma_alloc_coherent gart_alloc_coherent"
    + " x86_swiotlb_alloc_coherent dma_iommu_alloc_coherent dma_nommu_alloc_coherent dma_direct_alloc_coherent"
  private static let freeOperations =
    "arm_dma_free arm_coherent_dma_free arm_iommu_free_attrs arm_coherent_iommu_free_attrs arm_nommu_dma_free"
    + " __dma_free __iommu_free_attrs intel_free_coherent mips_dma_free_coherent gart_free_coherent"
    + " x86_swiotlb_free_coherent dma_iommu_free_coherent dma_nommu_free_coherent dma_direct_free_coherent"
  private static let innerBlocks =
    "dma_direct_alloc iommu_dma_alloc swiotlb_alloc_coherent dma_generic_alloc_coherent"
  private static let innerFrees =
    "dma_direct_free iommu_dma_free swiotlb_free_coherent dma_generic_free_coherent"
  private static let xenBlocks = "\(allocations) debug_dma_alloc_coherent xen_swiotlb_alloc_coherent"
  private static let xenFrees = "\(frees) debug_dma_free_coherent xen_swiotlb_free_coherent"

  private static let blocks: [Row] =
    functions(
      "debug_dma_alloc_coherent", .allocate,
      "\(device) size=size address=dma_addr value=virt attributes=attrs",
      unless: allocations)
    + functions(
      "debug_dma_free_coherent", .free, "\(device) size=size value=virt address=addr|dma_addr", unless: frees)
    + functions(
      "xen_swiotlb_alloc_coherent", .allocate, blockFields, returns: block,
      unless: "\(allocations) debug_dma_alloc_coherent")
    + functions(
      "xen_swiotlb_free_coherent", .free, releasedBlock, unless: "\(frees) debug_dma_free_coherent")
    + functions(blockOperations, .allocate, blockFields, returns: block, unless: xenBlocks)
    // On arm64 such an operation itself, on arm what those come to.
    + functions(
      "__dma_alloc", .allocate, blockFields, returns: block, unless: "\(xenBlocks) \(blockOperations)")
    + functions(freeOperations, .free, releasedBlock, unless: xenFrees)
    + functions(
      innerBlocks, .allocate, blockFields, returns: block,
      unless: "\(xenBlocks) \(blockOperations) __dma_alloc")
    + functions(innerFrees, .free, releasedBlock, unless: "\(xenFrees) \(freeOperations)")
    + functions(
      "arch_dma_alloc", .allocate, blockFields, returns: block,
      unless: "\(xenBlocks) \(blockOperations) __dma_alloc \(innerBlocks)")
    + functions(
      "arch_dma_free", .free, releasedBlock, unless: "\(xenFrees) \(freeOperations) \(innerFrees)")

  private static let releasedBlock =
    "\(device) size=size value=vaddr|cpu_addr|virt_addr address=dma_handle|dma_addr|handle|dev_addr attributes=attrs"

  // MARK: - Cache maintenance

  /// arch/arm64/mm/cache.S: what `arch_dma_prep_coherent` (`__dma_alloc` before it) comes to. The functions beside it,
  /// `__dma_map_area` and `__dma_unmap_area`, get virtual addresses, and cannot be set against calls by themselves:
  /// docs/event-dictionary.md shows a row for them.
  private static let flushes: [Row] = functions(
    "__dma_flush_area", .archPrepareCoherent, "size=size|len", unless: "arch_dma_prep_coherent")

  /// The events among these that count: all but those behind another one of them.
  func counting(among recorded: Set<String>) -> Set<String> {
    recorded.filter { !(row(name: $0)?.isSuperseded(by: recorded) ?? false) }
  }
}
