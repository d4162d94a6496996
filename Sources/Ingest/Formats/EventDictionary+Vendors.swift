import DMAModel

// Tracepoints of vendors' kernels and of some mainline ones before Linux 6.11. None of them tells the direction.
extension EventDictionary {
  static let vendors: [Row] = debug + intel

  // MARK: - dmadebug: NVIDIA's Tegra kernels, and those that took it over

  // include/trace/events/dmadebug.h of NVIDIA's kernels 3.10 to 4.9 (copyright 2013 to 2017): one class with `dev`, `name`
  // (since 2014), `dma_addr`, `size` and `page`; logged by the IOMMU's operations in arch/arm/mm/dma-mapping.c and
  // arch/arm64/mm/dma-mapping.c. Text has `device=NAME, iova=HEX, size=N phys=HEX`, `iova` with 0x or without; text of
  // 2013 has the address of the record's field for the bus address. `phys` is that of the page without the offset.
  private static let debug: [Row] = [
    mapped("dmadebug_map_page", .mapPage), unnamed("dmadebug_map_page", .mapPage),
    mapped("dmadebug_unmap_page", .unmapPage), unnamed("dmadebug_unmap_page", .unmapPage),
    // Of a list the map names its last entry, the unmap its first: the two meet only if all entries were merged.
    mapped("dmadebug_map_sg", .mapPage, isUntracked: true), unnamed("dmadebug_map_sg", .mapPage),
    mapped("dmadebug_unmap_sg", .unmapPage, isUntracked: true), unnamed("dmadebug_unmap_sg", .unmapPage),
    mapped("dmadebug_alloc_attrs", .allocate), mapped("dmadebug_free_attrs", .free),
  ]

  private static let hexadecimal: Conversion = {
    var conversion = Conversion()
    conversion.isHex = true
    return conversion
  }()

  /// Commas follow some values in text, and no 0x precedes others: the fields are taken as words.
  private static func mapped(_ name: String, _ call: Call, isUntracked: Bool = false) -> Row {
    Row(
      system: "dmadebug", name: name, call: call,
      fields: "device=name|device address=dma_addr|iova size=size",
      conversions: [.device: Conversion(), .address: hexadecimal, .size: Conversion()],
      isUntracked: isUntracked)
  }

  /// The layout of 2013: the device is a pointer, and a map's size is in whole pages while its unmap's is not.
  private static func unnamed(_ name: String, _ call: Call) -> Row {
    Row(
      system: "dmadebug", name: name, call: call, fields: "device=dev address=dma_addr size=size",
      conversions: [.device: Conversion()], lacking: "name", isUntracked: true)
  }

  // MARK: - intel_iommu: Linux 5.4 to 5.10

  // include/trace/events/intel_iommu.h and drivers/iommu/intel-iommu.c (drivers/iommu/intel/iommu.c since 5.8), until the
  // driver was moved to dma-iommu.c. They tell of ranges of bus addresses: coherent memory is among them, and sizes of
  // maps are those of whole 4 KiB pages, sizes of unmaps those that the caller gave.
  private static let intel: [Row] = [
    range("map_single", .mapPage), range("unmap_single", .unmapPage, inPages: true),
    // 5.4 logs a list as one range; since 5.5 there is an event for each entry (`index`), while the unmap is one.
    range("map_sg", .mapPage, lacking: "index"), range("map_sg", .mapPage, isUntracked: true),
    // Every release of a range is an unmap_single; those of lists and of bounced pages log themselves besides.
    range("unmap_sg", .unmapPage, unless: "unmap_single"),
    range("bounce_map_single", .mapPage, inPages: true),
    range("bounce_unmap_single", .unmapPage, inPages: true, unless: "unmap_single"),
    range("bounce_map_sg", .mapPage, unless: "bounce_map_single", isUntracked: true),
  ]

  private static let pages: Conversion = {
    var conversion = Conversion()
    conversion.page = 4096
    return conversion
  }()

  private static func range(
    _ name: String, _ call: Call, inPages: Bool = false, unless: String = "", lacking: String = "",
    isUntracked: Bool = false
  ) -> Row {
    let physical = call == .mapPage ? " physicalAddress=phys_addr" : ""
    return Row(
      system: "intel_iommu", name: name, call: call,
      fields: "device=dev_name|dev address=dev_addr\(physical) size=size",
      conversions: inPages ? [.size: pages] : [:], unless: unless, lacking: lacking,
      isUntracked: isUntracked)
  }
}
