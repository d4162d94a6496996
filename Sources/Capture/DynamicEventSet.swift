/// Dynamic events that mean something together only: the script defines all of a set or none of it.
///
/// A pool's blocks that are seen to be allocated and not to be freed, for instance, would look like a leak.
public struct DynamicEventSet: Sendable {
  /// What the set records, for the script's messages.
  public let title: String
  /// What the report lacks without it.
  public let consequence: String
  public let group: Group
  public let events: [DynamicEvent]

  /// The event groups, which users name after `-e`.
  public enum Group: String, Sendable {
    /// Calls of the DMA API that have no tracepoint.
    case calls = "dmaapi"
    /// The work behind the calls.
    case truth = "dmatruth"
  }
}

// To add an event: a row in a set, or a set of its own where it means something alone. Its name and its fields must be
// in the event dictionary of `Ingest`. Parameters and their numbers are those of the function in the kernel's source.
extension DynamicEventSet {
  /// Masks, limits, pools, declared memory, and what else has no tracepoint (include/linux/dma-mapping.h and dmapool.h).
  public static let calls: [DynamicEventSet] = [
    DynamicEventSet(
      title: "masks", consequence: "masks are told as bounds only, and rules on them are not judged",
      group: .calls,
      events: [
        DynamicEvent(
          "dma_set_mask", [.device(1), .wide("mask", 2)], result: .value("ret", type: "s32")),
        DynamicEvent(
          "dma_set_coherent_mask", [.device(1), .wide("mask", 2)], result: .value("ret", type: "s32")),
      ]),
    DynamicEventSet(
      title: "required masks", consequence: "what mask the platform requires is not told", group: .calls,
      events: [
        DynamicEvent("dma_get_required_mask", [.device(1)], result: .value("mask", type: "x64"))
      ]),
    DynamicEventSet(
      title: "mapping size limits", consequence: "rules on the largest mapping are not judged", group: .calls,
      events: [
        DynamicEvent("dma_max_mapping_size", [.device(1)], result: .value("size", type: "u64"))
      ]),
    DynamicEventSet(
      title: "pools", consequence: "pools are not in the report, and rules on them are not judged",
      group: .calls,
      events: [
        DynamicEvent(
          // dma_pool_create is inline where there is dma_pool_create_node.
          "dma_pool_create", functions: ["dma_pool_create", "dma_pool_create_node"],
          [
            .string("name", 1), .device(2), .number("size", 3, "u64"), .number("align", 4, "u64"),
            .number("boundary", 5, "u64"),
          ],
          result: .value("pool", type: "x64")),
        DynamicEvent(
          "dma_pool_alloc", [.number("pool", 1, "x64"), .number("flags", 2, "x32", parameter: "mem_flags")],
          result: .value("vaddr", type: "x64")),
        DynamicEvent(
          "dma_pool_free", [.number("pool", 1, "x64"), .number("vaddr", 2, "x64"), .wide("dma", 3)]),
        DynamicEvent("dma_pool_destroy", [.number("pool", 1, "x64")]),
      ]),
    DynamicEventSet(
      title: "declared memory", consequence: "memory declared for a device is not known as such",
      group: .calls,
      events: [
        DynamicEvent(
          "dma_declare_coherent_memory",
          [.device(1), .wide("phys_addr", 2), .wide("device_addr", 3), .number("size", 4, "u64")],
          result: .value("ret", type: "s32")),
        DynamicEvent(
          "dma_release_declared_memory",
          functions: ["dma_release_declared_memory", "dma_release_coherent_memory"], [.device(1)]),
      ]),
    DynamicEventSet(
      // dma_mapping_error is inline; this is what it calls with CONFIG_DMA_API_DEBUG.
      title: "checked results", consequence: "whether drivers check what they mapped is not judged (DMA211)",
      group: .calls,
      events: [
        DynamicEvent("debug_dma_mapping_error", [.device(1), .wide("dma_addr", 2)])
      ]),
    DynamicEventSet(
      title: "unbinding",
      consequence: "leaks of a driver that goes are hints unless --unbound names its device",
      group: .calls,
      events: [
        DynamicEvent("device_unbind_cleanup", [.device(1)], result: .none)
      ]),
  ]

  /// The cache maintenance itself (include/linux/dma-map-ops.h).
  public static let truth: [DynamicEventSet] = truth(result: .unused)

  /// The same, with the returns.
  public static let timedTruth: [DynamicEventSet] = truth(result: .none)

  private static func truth(result: DynamicEvent.Result) -> [DynamicEventSet] {
    let range: [DynamicEvent.Field] = [
      .wide("paddr", 1), .number("size", 2, "u64"), .number("dir", 3, "s32"),
    ]
    return [
      maintenance("maintenance for devices", DynamicEvent("arch_sync_dma_for_device", range, result: result)),
      maintenance("maintenance for the CPU", DynamicEvent("arch_sync_dma_for_cpu", range, result: result)),
      maintenance(
        "preparation of new memory",
        DynamicEvent("arch_dma_prep_coherent", [.number("size", 2, "u64")], result: result)),
    ]
  }

  private static func maintenance(_ title: String, _ event: DynamicEvent) -> DynamicEventSet {
    DynamicEventSet(
      title: title,
      consequence:
        "the report has no record of the kernel's own to hold the model against (x86 does no such work)",
      group: .truth, events: [event])
  }
}
