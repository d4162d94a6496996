import DMAModel

/// Which events stand for which calls of the DMA API, and under which names their fields go: data, not code.
///
/// To add one: a row. `fields` pairs a slot of `Event` (see `Slot`) with the field names that have been used for it,
/// most usual first, separated by `|`. A field that the recording's format lacks leaves its slot empty. `system` is
/// the event's group, `*` any: people choose the groups of dynamic events themselves. The return of a probed function
/// is the row with `NAME__return`. Functions of which every kernel has its own selection are in
/// `EventDictionary+Functions.swift`, those behind the API in `EventDictionary+Behind.swift`, the tracepoints of vendors
/// and of older kernels in `EventDictionary+Vendors.swift`. Users add rows in files of their own: docs/event-dictionary.md.
public struct EventDictionary: Sendable {
  public struct Row: Sendable, Equatable {
    public let system: String
    public let name: String
    public let call: Call
    public let fields: String
    public var flags = Event.Flags(rawValue: 0)
    /// Of a return: the fields that only a return knows. A line of JSON that has one of them tells the whole call.
    public var results = ""
    /// What is made of a field before it goes into its slot.
    public var conversions: [Slot: Conversion] = [:]
    /// What goes into a slot whatever was recorded.
    public var constants: [Slot: Constant] = [:]
    /// Events, by name, of which one in the recording makes this one a part of what it says: the row counts without them.
    public var unless = ""
    /// The row is that of layouts which lack this field; empty for any layout.
    public var lacking = ""
    /// The bus address is not that of the mapping as a whole: it is counted, and not followed to its unmap.
    public var isUntracked = false

    /// Whether anything has to be done but to take fields as they are.
    var isConverted: Bool { !conversions.isEmpty || !constants.isEmpty || isUntracked }

    /// Slots and the names of their fields.
    var pairs: [(slot: Slot, names: [Substring])] {
      fields.split(separator: " ").compactMap { pair in
        let sides = pair.split(separator: "=")
        guard sides.count == 2, let slot = Slot(rawValue: String(sides[0])) else { return nil }
        return (slot, sides[1].split(separator: "|"))
      }
    }
  }

  /// Where a field's value goes in an `Event`.
  public enum Slot: String, Sendable, CaseIterable {
    case device, name, address, physicalAddress, size, value, direction, attributes, allocation, offset
    case nents, ents, physicalAddresses, busAddresses, lengths, forced

    /// Whether it holds an array.
    var isList: Bool { self == .physicalAddresses || self == .busAddresses || self == .lengths }
  }

  /// The row for an event: a user's before a built-in one, then one of its system before one of any.
  ///
  /// - Parameter hasField: whether the event's layout has a field; without it, rows for layouts that lack one are left out.
  func row(system: String, name: String, hasField: ((String) -> Bool)? = nil) -> Row? {
    for rows in [added, builtIn] {
      guard let all = rows[name] else { continue }
      let isFit = { (row: Row) in row.lacking.isEmpty || hasField.map { !$0(row.lacking) } ?? false }
      // What is said of a layout in particular goes before what is said of any.
      let candidates = all.filter { !$0.lacking.isEmpty && isFit($0) } + all.filter(\.lacking.isEmpty)
      if let row = candidates.first(where: { $0.system == system }) { return row }
      if let row = candidates.first(where: { $0.system == "*" }) { return row }
    }
    return nil
  }

  /// The row for a name of which no group is known: that of a function before that of a tracepoint.
  func row(name: String) -> Row? {
    for rows in [added, builtIn] {
      guard let candidates = rows[name]?.filter(\.lacking.isEmpty) else { continue }
      if let row = candidates.first(where: { $0.system == "*" }) ?? candidates.first { return row }
    }
    return nil
  }

  /// All rows, the users' first.
  let rows: [Row]
  /// The groups of tracepoints, which text does not always name.
  let tracepointSystems: [String]
  private let added: [String: [Row]]
  private let builtIn: [String: [Row]]

  /// - Parameter added: rows that go before the built-in ones.
  public init(adding added: [Row] = []) {
    self.added = Dictionary(grouping: added, by: \.name)
    builtIn = EventDictionary.builtInByName
    rows = added + EventDictionary.builtIn
    var systems = EventDictionary.systems
    for row in added where row.system != "*" && !systems.contains(row.system) { systems.append(row.system) }
    tracepointSystems = systems
  }

  private static let builtInByName = Dictionary(grouping: builtIn, by: \.name)
  private static let systems = ["dma", "swiotlb", "iommu", "dmadebug", "intel_iommu"]

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
  public static let builtIn: [Row] =
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
    ] + maintenance + maintenance.map(returned) + functions + vendors + behind

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
