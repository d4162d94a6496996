import DMAModel

/// Call stacks as text, each made once.
final class CallSites {
  private let stacks: StackTable
  private let symbolizer: (any Symbolizer)?
  private var known: [StackID: [String]] = [:]

  init(_ stacks: StackTable, _ symbolizer: (any Symbolizer)?) {
    self.stacks = stacks
    self.symbolizer = symbolizer
  }

  /// Frames from the caller of the DMA API outwards.
  func frames(_ stack: StackID) -> [String] {
    if stack == 0 { return [] }
    if let frames = known[stack] { return frames }
    let all = stacks[stack].map { symbolizer?.symbol(at: $0) ?? "0x" + String($0, radix: 16) }
    let frames = Array(all.drop { CallSites.isPartOfAPI($0) })
    known[stack] = frames.isEmpty ? all : frames
    return frames.isEmpty ? all : frames
  }

  /// The first frame outside the DMA API and the helpers above it.
  func caller(_ stack: StackID) -> String {
    let frames = frames(stack)
    return frames.first { !CallSites.isHelper($0) } ?? frames.first ?? ""
  }

  /// How functions of the DMA API itself, and of tracing, begin.
  private static let api = [
    "dma_map_", "dma_unmap_", "dma_sync_", "__dma_sync_", "__dma_map_", "dma_alloc_", "dma_free_",
    "dma_direct_",
    "dma_pool_", "dmam_", "iommu_dma_", "trace_event_raw_event_", "trace_event_buffer_", "__traceiter_",
    "ftrace_",
    "__ftrace_", "trace_",
  ]
  /// Layers between a driver and the DMA API that do nothing but pass calls on.
  private static let helpers = [
    "usb_hcd_map_urb_for_dma", "usb_hcd_unmap_urb_for_dma", "usb_hcd_submit_urb", "usb_submit_urb",
    "scsi_dma_map",
    "scsi_dma_unmap", "ata_qc_", "page_pool_", "__page_pool_", "blk_rq_map_", "hcd_buffer_",
    "xhci_map_urb_for_dma",
    "xhci_unmap_urb_for_dma", "mempool_",
  ]

  private static func isPartOfAPI(_ frame: String) -> Bool { api.contains { frame.hasPrefix($0) } }
  private static func isHelper(_ frame: String) -> Bool { helpers.contains { frame.hasPrefix($0) } }
}
