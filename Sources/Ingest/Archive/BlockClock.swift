/// The times of a block's events, from the steps between them.
///
/// Recorders count ticks and write nanoseconds: where the length of a tick is known, a step is so many ticks, and what
/// rounding has left over, which is nearly always nothing.
struct BlockClock {
  private let low: UnsafePointer<UInt8>
  private let high: UnsafePointer<UInt8>
  private let residuals: UnsafePointer<UInt8>
  private var jumps: BlockPlanes.Numbers
  private let tick: UInt64
  private var time: UInt64
  /// How far the recorder's clock is past `time`, in parts of a nanosecond, with 32 bits behind the point.
  private var fraction: UInt64 = BlockClock.half

  static let half: UInt64 = 1 << 31
  /// Stands for a step that does not fit.
  static let jump: UInt64 = 0xffff

  init(_ planes: BlockPlanes, _ head: BlockHead) throws(BlockFault) {
    low = try planes.bytes(.ticks, plane: 0, count: head.events)
    high = try planes.bytes(.ticks, plane: 1, count: head.events)
    residuals = try planes.bytes(.residual, count: head.events)
    jumps = planes.numbers(.time)
    (tick, time) = (head.tick, head.firstTime)
  }

  var isShort: Bool { jumps.isShort }

  /// The time of the event with this number; they must be asked for in order.
  @inline(__always)
  mutating func next(_ index: Int) -> UInt64 {
    let step = UInt64(low[index]) | UInt64(high[index]) &<< 8
    if step == BlockClock.jump {
      time = time &+ jumps.take()
      fraction = BlockClock.half
    } else if tick == 0 {
      time = time &+ step
    } else {
      BlockClock.advance(
        &time, &fraction, step: step, tick: tick, residual: Int8(bitPattern: residuals[index]))
    }
    return time
  }

  /// Goes on by so many ticks, and by what rounding has left over.
  @inline(__always)
  static func advance(
    _ time: inout UInt64, _ fraction: inout UInt64, step: UInt64, tick: UInt64, residual: Int8
  ) {
    let sum = fraction &+ step &* tick
    time = time &+ sum >> 32 &+ UInt64(bitPattern: Int64(residual))
    fraction = residual == 0 ? sum & 0xffff_ffff : residual > 0 ? 0 : 0xffff_ffff
  }
}
