/// What an event tells: a call of the DMA API, or a record of the kernel about the work behind one.
///
/// To add one: a case here, a row in the event dictionary of `Ingest`, and what it means in `Replay`.
public enum Call: UInt8, Sendable, CaseIterable {
  // Streaming mappings. `dma_map_single`, `_page` and `_phys` are one tracepoint.
  case mapPage, mapResource, unmapPage, unmapResource
  case mapScatterlist, mapScatterlistFailed, unmapScatterlist
  case syncSingleForCPU, syncSingleForDevice, syncScatterlistForCPU, syncScatterlistForDevice
  case mappingError
  // Coherent and non-coherent memory.
  case allocate, free, allocatePages, freePages
  case allocateScatterTable, allocateScatterTableFailed, freeScatterTable
  // Pools.
  case poolCreate, poolAllocate, poolFree, poolDestroy
  // Memory that a driver declared for coherent allocations (`dma_declare_coherent_memory`), up to Linux 5.x.
  case declareMemory, releaseDeclaredMemory, markDeclaredMemoryOccupied
  // Memory that stays cached (`dma_cache_sync`, `dma_is_consistent`), up to Linux 5.x, and the width of a line.
  case cacheSync, isConsistent, cacheAlignment
  // Masks and limits.
  case setMask, setCoherentMask, setMaskAndCoherent, getRequiredMask, maxMappingSize, supported
  // A device's driver comes and goes (`really_probe`, `device_unbind_cleanup`, or a simulator's word for it).
  case driverBound, driverUnbound
  // The work behind the calls, as the kernel recorded it.
  case swiotlbBounced, iommuMap, iommuUnmap, iommuFault
  case archSyncForDevice, archSyncForCPU, archPrepareCoherent
  /// Records are missing before the next event of this CPU; `value` is their number, or `Event.unknownCount`.
  case lost
}
