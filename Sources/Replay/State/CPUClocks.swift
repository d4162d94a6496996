/// The time of the last event on each CPU: where a loss that is reported now began at the earliest.
struct CPUClocks: ~Copyable {
  private static let capacity = 1 << 16
  private let times: UnsafeMutablePointer<UInt64>

  init() {
    times = .allocate(capacity: CPUClocks.capacity)
    times.initialize(repeating: 0, count: CPUClocks.capacity)
  }

  deinit { times.deallocate() }

  /// The last time on a CPU, 0 before its first event.
  subscript(cpu: UInt16) -> UInt64 {
    @inline(__always) get { times[Int(cpu)] }
    @inline(__always) nonmutating set { times[Int(cpu)] = newValue }
  }
}
