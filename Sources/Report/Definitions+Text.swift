extension Definitions {
  static let coherency: [Definition] = [
    Definition(
      id: "maintenance", title: "Cache maintenance",
      text: """
        What the kernel does to keep a device that does not snoop the CPU's caches in step with them: it \
        cleans (writes back) or invalidates (drops) cache lines when memory is mapped, unmapped or synced, \
        and once over new coherent memory. A call is one entry into the architecture \
        (arch_sync_dma_for_device, arch_sync_dma_for_cpu), one for each page mapping or scatterlist \
        segment. Coherent devices need none.
        """),
    Definition(
      id: "line", title: "Cache line",
      text: """
        The unit of maintenance. A call over a range touches last line − first line + 1 lines, partial \
        ones included, so many small or unaligned buffers cost more lines than their bytes suggest. Bytes \
        in the summary are lines × line size; the line size is the platform's unless --cache-line says \
        otherwise.
        """),
    Definition(
      id: "cleaned", title: "Cleaned",
      text: """
        Lines written back to the point of coherency, so that the device reads what the CPU wrote. Only \
        operations that the architecture really performs count. Passes over new coherent memory are shown \
        as prepared, apart from this.
        """),
    Definition(
      id: "invalidated", title: "Invalidated",
      text: """
        Lines dropped from the cache, so that the CPU reads what the device wrote. A line that a buffer \
        covers only in part is written back before it is dropped. Where an operation does both, its lines \
        count as cleaned and as invalidated.
        """),
    Definition(
      id: "rounding", title: "Rounding waste",
      text: """
        Bytes of the lines touched less the bytes that the calls named: what partial first and last lines \
        add. Buffers aligned to the line size have none.
        """),
    Definition(
      id: "prepared", title: "Prepared",
      text: """
        The one pass over newly allocated coherent memory of a non-coherent device \
        (arch_dma_prep_coherent), its size rounded up to pages. Allocations that may not sleep come ready- \
        made from the atomic pool and need none.
        """),
    Definition(
      id: "coherent", title: "Coherent or not",
      text: """
        Whether a device snoops the CPU's caches. A name that the user gave decides; else evidence in the \
        trace (recorded maintenance, or syncs on a kernel that leaves them out for coherent devices); else \
        the platform's default, and then the report says assumed, marked with ?.
        """),
    Definition(
      id: "estimate", title: "Estimated cost",
      text: """
        CPU time for maintenance, copies and IOTLB invalidations: counts from the trace times the \
        platform's prices per call, line and byte. It is always a range. Uncalibrated means that no \
        measurement of such a machine stands behind the prices; `dmascope calibrate` makes a platform from \
        a trace with durations. The share is the estimate divided by span × CPUs.
        """),
    Definition(
      id: "unit-cost", title: "Cost of a mapping",
      text: """
        The whole estimate, that of syncs and coherent memory included, divided by the maps that succeeded, and \
        by the MiB that they covered. It compares runs that moved different amounts.
        """),
    Definition(
      id: "measured-time", title: "Measured time",
      text: """
        Durations of the kernel's maintenance functions, from return probes or the function graph, added up. What \
        recording a call takes is known from calls that do nothing, and the sum is told with it and without. \
        Where the recording's own durations carry a fit, they are the prices of the estimate, unless you choose a \
        platform. The estimate then leaves out what single calls took longer, since they were interrupted; the sum \
        has it.
        """),
    Definition(
      id: "measured", title: "Kernel's own record",
      text: """
        Probes on the maintenance functions themselves. They are never fed to the model but compared with \
        it: calls and lines that the model predicts less those that the kernel made. Only steps that were \
        recorded are compared.
        """),
  ]

  static let bounces: [Definition] = [
    Definition(
      id: "bounce", title: "Bounce",
      text: """
        A mapping whose data goes through a bounce buffer of the software IO TLB, because the device \
        cannot or may not reach the memory itself. Bytes in are copied to the buffer at map (in every \
        direction) and at sync for device; bytes out are copied back at unmap and at sync for CPU, if the \
        device may have written.
        """),
    Definition(
      id: "bounce-cause", title: "Cause of a bounce",
      text: """
        Mask: the memory lies above the device's DMA mask. Forced: the kernel was told to bounce \
        everything (swiotlb=force, or confidential guests). Alignment: a small buffer that shares cache \
        lines with others, on a non-coherent device. Unknown: a bus address shows the bounce, but no event \
        tells why. Requests count where swiotlb_bounced was recorded, also those that found the pool full.
        """),
    Definition(
      id: "swiotlb-slot", title: "Swiotlb slot",
      text: """
        The unit of the bounce pool, 2 KiB. A mapping takes as many adjoining slots as it needs, at most \
        128, so nothing over 256 KiB can bounce: such a request fails on an empty pool. A request without a \
        mapping got no slot, or its mapping is among lost events. The pool has 64 MiB unless swiotlb= on the \
        kernel's command line or the platform's firmware says otherwise; give it with `--set swiotlb=64MiB`.
        """),
    Definition(
      id: "low-zone", title: "Low memory",
      text: """
        Coherent memory for a device with a narrow coherent mask comes from a small part of memory: DMA32 \
        below 4 GiB, or the DMA zone below that (16 MiB on x86). Shown is the most that a device held there at \
        once. Behind an IOMMU any memory will do.
        """),
    Definition(
      id: "iova-window", title: "IOVA window",
      text: """
        Behind an IOMMU addresses below 4 GiB, or below a narrower mask, are given out first. The share of them \
        in use at once is an upper bound, for streaming and coherent bytes need not peak together. Mappings \
        above show that the window was full, fragmented, or passed over.
        """),
    Definition(
      id: "iotlb", title: "IOTLB invalidation",
      text: """
        Behind an IOMMU, unmapping must make the IOMMU forget the translation. One is counted for each \
        unmap through an IOMMU domain; a lazy domain gathers them, so this is an upper bound.
        """),
  ]

  static let addresses: [Definition] = [
    Definition(
      id: "mask", title: "DMA mask",
      text: """
        The addresses that a device can reach, as its driver set it: a 32-bit mask reaches 4 GiB. Known \
        from a recorded dma_set_mask or from swiotlb_bounced; where neither was recorded, only a lower \
        bound is known, the highest address that the device was given, written ≥.
        """),
    Definition(
      id: "mask-pressure", title: "Mask pressure",
      text: """
        The share of the bytes that a driver wanted mapped that did not reach the device directly because \
        of its mask: bounced for it, or failed. 0 % is no pressure; 100 % means that nothing reached it \
        directly. What failed on a full pool while bouncing was forced does not count.
        """),
    Definition(
      id: "headroom", title: "Headroom",
      text: """
        Bits between the highest address that a device was given and its mask. 0 means that the next power \
        of two of memory would bounce or fail; many mean that narrower descriptors would do. Not known \
        where the mask was only observed.
        """),
    Definition(
      id: "address-width", title: "Address width",
      text: """
        The bits that the last byte of a mapping or coherent block needs: 32 means between 2 GiB and 4 \
        GiB. Counted for each device, with bytes.
        """),
  ]

  static let state: [Definition] = [
    Definition(
      id: "live", title: "Live",
      text: """
        Mapped or allocated at a moment and not yet released, at the end of the recording unless said \
        otherwise. A scatterlist counts as one mapping. Coherent blocks count apart, with the bytes that \
        were asked for.
        """),
    Definition(
      id: "peak", title: "Peak",
      text: """
        The most that was live at any moment, each count on its own: the peaks of mappings and of bytes \
        need not fall at one moment, and the peak of all devices is not the sum of theirs.
        """),
    Definition(
      id: "uncertain", title: "Uncertain",
      text: """
        Live as far as the trace shows, but events were lost since, so a release may be among them; or the \
        driver may leave the unmap out because it does nothing (dma_need_unmap). No evidence of a leak.
        """),
    Definition(
      id: "unknown", title: "Unknown before the trace",
      text: """
        A release of something whose mapping the trace does not show, because recording began later or \
        events were lost. Its maintenance counts, for the release carries address and size; it is not a \
        fault.
        """),
    Definition(
      id: "lifetime", title: "Lifetime",
      text: """
        Time from map to unmap, where both were recorded, known to 12.5 %. Half of the mappings lived no \
        longer than p50, 99 in 100 no longer than p99.
        """),
    Definition(
      id: "pool", title: "DMA pool",
      text: """
        Small coherent blocks of one size that a driver cuts from pages (dma_pool_create). Blocks live and \
        at the peak are counted; a pool must be empty when it is destroyed.
        """),
    Definition(
      id: "call-site", title: "Call site",
      text: """
        The first function outside the DMA API, and the helpers of buses and subsystems above it, that \
        asked for the work. Needs a recording with stack traces. An address without a symbol stays an \
        address.
        """),
  ]

  static let recording: [Definition] = [
    Definition(
      id: "span", title: "Span",
      text: """
        Time from the first to the last event on the recording's clock. Shares of CPU time are shares of \
        span × CPUs.
        """),
    Definition(
      id: "lost", title: "Lost events",
      text: """
        Events that the recorder dropped, since its buffer was full. A window is one place where some are \
        missing; its number may be unknown. Counts are then lower bounds, and what was live across a \
        window is uncertain.
        """),
    Definition(
      id: "caveat", title: "Caveat",
      text: """
        Something that limits the truth of the figures: losses, a file cut short, a start after the \
        drivers', assumed coherency, events that are not understood. Stands above the figures, most \
        important first.
        """),
  ]
}
