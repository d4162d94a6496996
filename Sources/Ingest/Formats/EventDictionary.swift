import DMAModel

/// Which events stand for which calls of the DMA API, and under which names their fields go: data, not code.
///
/// To add one: a row. `fields` pairs a slot of `Event` (see `Slot`) with the field names that have been used for it,
/// most usual first, separated by `|`. A field that the recording's format lacks leaves its slot empty. `system` is
/// the event's group, `*` any: people choose the groups of dynamic events themselves. The return of a probed function
/// is the row with `NAME__return`. Functions of which every kernel has its own selection are in
/// `EventDictionary+Functions.swift`.
struct EventDictionary: Sendable {
  struct Row: Sendable {
    let system: String
    let name: String
    let call: Call
    let fields: String
    var flags = Event.Flags(rawValue: 0)
    /// Of a return: the fields that only a return knows. A line of JSON that has one of them tells the whole call.
    var results = ""
  }

  /// Where a field's value goes in an `Event`.
  enum Slot: String, Sendable, CaseIterable {
    case device, name, address, physicalAddress, size, value, direction, attributes, allocation, offset
    case nents, ents, physicalAddresses, busAddresses, lengths, forced
  }

  /// The row for an event, with rows of an exact system before those of any.
  func row(system: String, name: String) -> Row? {
    guard let candidates = rowsByName[name] else { return nil }
    return candidates.first { $0.system == system } ?? candidates.first { $0.system == "*" }
  }

  /// The row for a name of which no group is known: that of a function before that of a tracepoint.
  func row(name: String) -> Row? {
    guard let candidates = rowsByName[name] else { return nil }
    return candidates.first { $0.system == "*" } ?? candidates.first
  }

  private let rowsByName: [String: [Row]]

  init(rows: [Row] = EventDictionary.builtIn) {
    rowsByName = Dictionary(grouping: rows, by: \.name)
  }

  private static let streaming =
    "device=device physicalAddress=phys_addr address=dma_addr size=size direction=dir attributes=attrs"
  private static let release = "device=device address=addr|dma_addr size=size direction=dir attributes=attrs"
  private static let memory =
    "device=device value=virt_addr address=dma_addr size=size direction=dir allocation=flags attributes=attrs"
  private static let table =
    "device=device physicalAddresses=phys_addrs address=dma_addr size=size direction=dir allocation=flags"
    + " attributes=attrs"
  private static let list =
    "device=device nents=full_nents|nents ents=full_ents|ents physicalAddresses=phys_addrs"
    + " busAddresses=dma_addrs lengths=lengths direction=dir attributes=attrs"
  private static let syncList = "device=device busAddresses=dma_addrs lengths=lengths direction=dir"
  private static let syncOne = "device=device address=dma_addr size=size direction=dir"
  private static let truth = "physicalAddress=paddr size=size direction=dir"

  /// include/trace/events/{dma,swiotlb,iommu}.h of Linux 6.11 to 7.x, and dynamic events named after functions.
  static let builtIn: [Row] =
    [
      Row(system: "dma", name: "dma_map_page", call: .mapPage, fields: streaming),
      Row(system: "dma", name: "dma_map_phys", call: .mapPage, fields: streaming),
      Row(system: "dma", name: "dma_map_resource", call: .mapResource, fields: streaming),
      Row(system: "dma", name: "dma_unmap_page", call: .unmapPage, fields: release),
      Row(system: "dma", name: "dma_unmap_phys", call: .unmapPage, fields: release),
      Row(system: "dma", name: "dma_unmap_resource", call: .unmapResource, fields: release),
      Row(system: "dma", name: "dma_map_sg", call: .mapScatterlist, fields: list),
      Row(
        system: "dma", name: "dma_map_sg_err", call: .mapScatterlistFailed,
        fields: "device=device physicalAddresses=phys_addrs direction=dir attributes=attrs value=err"),
      Row(
        system: "dma", name: "dma_unmap_sg", call: .unmapScatterlist,
        fields: "device=device physicalAddresses=addrs|phys_addrs direction=dir attributes=attrs"),
      Row(system: "dma", name: "dma_sync_single_for_cpu", call: .syncSingleForCPU, fields: syncOne),
      Row(system: "dma", name: "dma_sync_single_for_device", call: .syncSingleForDevice, fields: syncOne),
      Row(system: "dma", name: "dma_sync_sg_for_cpu", call: .syncScatterlistForCPU, fields: syncList),
      Row(system: "dma", name: "dma_sync_sg_for_device", call: .syncScatterlistForDevice, fields: syncList),
      Row(system: "dma", name: "dma_alloc", call: .allocate, fields: memory),
      Row(system: "dma", name: "dma_free", call: .free, fields: memory),
      Row(system: "dma", name: "dma_alloc_pages", call: .allocatePages, fields: memory),
      Row(system: "dma", name: "dma_free_pages", call: .freePages, fields: memory),
      Row(system: "dma", name: "dma_alloc_sgt", call: .allocateScatterTable, fields: table),
      Row(system: "dma", name: "dma_alloc_sgt_err", call: .allocateScatterTableFailed, fields: memory),
      Row(system: "dma", name: "dma_free_sgt", call: .freeScatterTable, fields: table),
      Row(
        system: "swiotlb", name: "swiotlb_bounced", call: .swiotlbBounced,
        fields: "device=dev_name value=dma_mask address=dev_addr size=size forced=force|swiotlb_force"),
      Row(
        system: "iommu", name: "map", call: .iommuMap, fields: "address=iova physicalAddress=paddr size=size"),
      Row(system: "iommu", name: "unmap", call: .iommuUnmap, fields: "address=iova size=unmapped_size|size"),
      Row(system: "iommu", name: "io_page_fault", call: .iommuFault, fields: "device=device address=iova"),
    ] + maintenance + maintenance.map(returned) + functions

  /// What does the cache maintenance. Their returns tell, in dynamic events and in the function graph, how long it took.
  static let maintenance: [Row] = [
    Row(system: "*", name: "arch_sync_dma_for_device", call: .archSyncForDevice, fields: truth),
    Row(system: "*", name: "arch_sync_dma_for_cpu", call: .archSyncForCPU, fields: truth),
    Row(system: "*", name: "arch_dma_prep_coherent", call: .archPrepareCoherent, fields: "size=size"),
  ]

  private static func returned(_ row: Row) -> Row {
    Row(
      system: row.system, name: row.name + "__return", call: row.call,
      fields: row.fields + " value=duration_ns",
      flags: .isReturn)
  }
}
