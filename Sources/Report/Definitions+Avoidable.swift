import Replay

extension Definitions {
  /// The whole, and each kind by its name in `dmascope.report/1`.
  static let avoidable: [Definition] =
    [
      Definition(
        id: "avoidable", title: "Avoidable",
        text: """
          Work that a change would save: of the driver, of how its buffers lie, or of its mask. Rows are ranked by their \
          estimated cost. They overlap, so that their sum means nothing: a buffer that is not mapped again is not \
          maintained twice either. Where a row says up to, how much is needed does not show in the recording.
          """)
    ] + Avoidable.Kind.allCases.map(\.definition)
}

extension Avoidable.Kind {
  /// What it means, for `dmascope explain` and the reports.
  var definition: Definitions.Definition {
    let (title, text) = words
    return Definitions.Definition(id: rawValue, title: title, text: text)
  }

  private var words: (title: String, text: String) {
    switch self {
    case .recycle:
      (
        "Buffers mapped again",
        """
        Maps of a buffer that was mapped before: same device, memory, size and direction (entries of scatterlists count one \
        by one). Kept mapped, it would need no invalidation of the IOTLB, and at the end of each use no more maintenance \
        than a sync of the bytes that were used: what is shown is the whole maintenance at the unmap, so up to that.
        """
      )
    case .doubleMaintenance:
      (
        "Maintained twice",
        """
        Unmaps of memory that was synced for the CPU and not handed back since. The unmap invalidates the synced lines \
        again, unless it is told not to.
        """
      )
    case .redundantSync:
      (
        "Synced twice in a row",
        "Syncs of bytes that were synced for the same side before, with no sync for the other side in between."
      )
    case .wholeSync:
      (
        "Whole mappings synced",
        """
        Syncs of all of a mapping of 1 KiB or more. Where the device wrote or the CPU touched only a part of it, syncing that \
        part is enough: what is shown is the maintenance of the whole, so up to that.
        """
      )
    case .bidirectional:
      (
        "BIDIRECTIONAL and never synced",
        """
        Unmaps of memory that was mapped BIDIRECTIONAL and never synced. If the data go one way only, one of the two ends \
        has nothing to do: what is shown is the maintenance at the unmap, so up to that.
        """
      )
    case .alignment:
      (
        "Buffers off the cache line",
        """
        Maps of buffers that begin within a cache line and cover one line more than they would if they began with one; the line is \
        maintained at the map and at the unmap.
        """
      )
    case .maskBounce:
      (
        "Copied for the mask",
        """
        Copies through bounce buffers because the device's mask does not reach the memory. Where the device has other causes to \
        bounce as well, the bytes are those of all its copies, so up to that.
        """
      )
    case .smallCoherent:
      (
        "Small coherent blocks",
        """
        Coherent allocations of less than half a page, each of which takes whole pages. The memory is what lies idle in these \
        pages, of all such allocations that were made.
        """
      )
    }
  }

  /// What to do, in the API's terms.
  var remedy: String {
    switch self {
    case .recycle: "keep buffers mapped and sync what is used: page_pool, or a ring that is mapped once"
    case .doubleMaintenance: "unmap with DMA_ATTR_SKIP_CPU_SYNC after the sync"
    case .redundantSync: "leave the second sync out"
    case .wholeSync: "sync the bytes that were used: dma_sync_single_range_for_cpu and _for_device"
    case .bidirectional: "map TO_DEVICE or FROM_DEVICE if the data go one way"
    case .alignment: "begin buffers on a cache line (dma_get_cache_alignment)"
    case .maskBounce: "set a wider mask if the device can, or allocate below it"
    case .smallCoherent: "take the blocks from a dma_pool"
    }
  }
}

extension Avoidable {
  /// `12 of 40`, or `40` if it is all of them.
  var occurrences: String {
    ofCalls > calls ? "\(Formatting.count(calls)) of \(Formatting.count(ofCalls))" : Formatting.count(calls)
  }
}
