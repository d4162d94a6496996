#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension UnsafeMutablePointer {
  /// Memory for a table that is looked into at random: it begins with a line of cache, and is in large pages where the
  /// system has them, since every look into small ones may cost a walk through the page tables too. Given back with
  /// `deallocate()`.
  static func allocateForTable(capacity: Int) -> UnsafeMutablePointer<Pointee> {
    let (page, bytes) = (2 << 20, capacity * MemoryLayout<Pointee>.stride)
    guard bytes >= page else {
      return UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        .bindMemory(to: Pointee.self, capacity: capacity)
    }
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: page)
    #if os(Linux)
      madvise(memory, bytes, MADV_HUGEPAGE)
    #endif
    return memory.bindMemory(to: Pointee.self, capacity: capacity)
  }
}
