import DMAModel

/// Adds up what happened in equal buckets of time; when the recording outgrows them, their width doubles.
struct TimelineRecorder: ~Copyable {
  static let bucketCount = 512

  struct Bucket {
    var cleaned: UInt64 = 0
    var invalidated: UInt64 = 0
    var bounced: UInt64 = 0
    var deviant: UInt64 = 0
    var maps: UInt64 = 0
    var unmaps: UInt64 = 0
    var syncs: UInt64 = 0
    /// Calls into the architecture, as if the device were not coherent.
    var maintenanceCalls: UInt64 = 0
    var bouncedMaps: UInt64 = 0
    var deviantMaps: UInt64 = 0
    /// Bytes that the device had mapped in all by the last map within the bucket; meaningful if there is one.
    var mappedThrough: UInt64 = 0
    /// Highest and last values within the bucket, meaningful if `isTouched`.
    var liveMaximum: UInt64 = 0
    var liveLast: UInt64 = 0
    var slotsMaximum: UInt64 = 0
    var slotsLast: UInt64 = 0
    var isTouched = false

    mutating func absorb(_ later: Bucket) {
      cleaned &+= later.cleaned
      invalidated &+= later.invalidated
      bounced &+= later.bounced
      deviant &+= later.deviant
      if later.maps > 0 { mappedThrough = later.mappedThrough }
      maps &+= later.maps
      unmaps &+= later.unmaps
      syncs &+= later.syncs
      maintenanceCalls &+= later.maintenanceCalls
      bouncedMaps &+= later.bouncedMaps
      deviantMaps &+= later.deviantMaps
      guard later.isTouched else { return }
      liveMaximum = isTouched ? max(liveMaximum, later.liveMaximum) : later.liveMaximum
      slotsMaximum = isTouched ? max(slotsMaximum, later.slotsMaximum) : later.slotsMaximum
      (liveLast, slotsLast, isTouched) = (later.liveLast, later.slotsLast, true)
    }
  }

  /// By the device's place; nil where nothing has happened yet.
  private let rows: UnsafeMutablePointer<UnsafeMutablePointer<Bucket>?>
  private static let rowCount = DeviceTable.limit + 1
  /// Devices that have a row.
  private var usedRows = 0
  /// Buckets of a row. Of many devices each has fewer: what they hold together is bounded.
  private(set) var length = TimelineRecorder.bucketCount
  private static let bucketLimit = 1 << 17
  private var losses = [Bool](repeating: false, count: TimelineRecorder.bucketCount)
  private(set) var start: UInt64?
  /// Base-2 logarithm of a bucket's nanoseconds.
  private(set) var shift: UInt64 = 10
  private(set) var used = 0
  /// The bucket of the last event, where it begins, and its width; 0 before the first. Most events fall into the bucket
  /// of the one before.
  private var current = 0
  private var currentStart: UInt64 = 0
  private var currentWidth: UInt64 = 0

  init() {
    rows = .allocate(capacity: TimelineRecorder.rowCount)
    rows.initialize(repeating: nil, count: TimelineRecorder.rowCount)
  }

  deinit {
    for device in 0..<TimelineRecorder.rowCount { rows[device]?.deallocate() }
    rows.deallocate()
  }

  /// Whether a time lies in the bucket of the last one.
  @inline(__always)
  func isCurrent(_ time: UInt64) -> Bool { time &- currentStart < currentWidth }

  /// Goes to the bucket of a time; widens the buckets if it lies beyond them.
  mutating func move(to time: UInt64) {
    let begin = start ?? time
    if start == nil { start = time }
    let distance = time > begin ? time &- begin : 0
    while distance >> shift >= UInt64(length) { widen() }
    let index = Int(truncatingIfNeeded: distance >> shift)
    if index >= used { used = index + 1 }
    (current, currentStart, currentWidth) = (index, begin &+ UInt64(index) << shift, 1 << shift)
  }

  /// A device's part of the bucket of the last time.
  ///
  /// - Precondition: `device` is a place of the device table.
  @inline(__always)
  mutating func bucket(_ device: Int) -> UnsafeMutablePointer<Bucket> {
    if let row = rows[device] { return row + current }
    return newRow(device) + current
  }

  /// Notes that events were lost at the last time.
  mutating func noteLoss() { losses[current] = true }

  private mutating func newRow(_ device: Int) -> UnsafeMutablePointer<Bucket> {
    usedRows += 1
    if usedRows * length > TimelineRecorder.bucketLimit { shorten() }
    let row = UnsafeMutablePointer<Bucket>.allocate(capacity: length)
    row.initialize(repeating: Bucket(), count: length)
    rows[device] = row
    return row
  }

  /// Makes each bucket twice as wide.
  private mutating func widen() {
    shift += 1
    let half = length / 2
    for device in 0..<TimelineRecorder.rowCount {
      guard let row = rows[device] else { continue }
      for index in 0..<half {
        var merged = row[2 * index]
        merged.absorb(row[2 * index + 1])
        row[index] = merged
      }
      for index in half..<length { row[index] = Bucket() }
    }
    for index in 0..<half { losses[index] = losses[2 * index] || losses[2 * index + 1] }
    for index in half..<length { losses[index] = false }
    used = (used + 1) / 2
  }

  /// Halves the rows.
  private mutating func shorten() {
    let half = length / 2
    if used > half {
      widen()
      current /= 2
      currentStart = (start ?? 0) &+ UInt64(current) << shift
      currentWidth = 1 << shift
    }
    for device in 0..<TimelineRecorder.rowCount {
      guard let row = rows[device] else { continue }
      let shorter = UnsafeMutablePointer<Bucket>.allocate(capacity: half)
      shorter.moveInitialize(from: row, count: half)
      row.deallocate()
      rows[device] = shorter
    }
    losses.removeLast(half)
    length = half
  }

  var lossBuckets: [Int] { losses.indices.filter { losses[$0] } }

  /// The series of a device; nil if nothing happened to it.
  func series(_ device: Int, name: String, coherent: Bool, deviantsBounced: Bool) -> DeviceSeries? {
    guard let row = rows[device] else { return nil }
    var series = DeviceSeries()
    series.device = name
    var (live, slots, mapped) = (UInt64(0), UInt64(0), UInt64(0))
    for index in 0..<used {
      let bucket = row[index]
      series.cleanedLines.append(coherent ? 0 : bucket.cleaned)
      series.invalidatedLines.append(coherent ? 0 : bucket.invalidated)
      series.bouncedBytes.append(bucket.bounced &+ (deviantsBounced ? bucket.deviant : 0))
      series.maps.append(bucket.maps)
      series.mappedBytes.append(bucket.maps > 0 ? bucket.mappedThrough &- mapped : 0)
      series.unmaps.append(bucket.unmaps)
      series.syncs.append(bucket.syncs)
      series.maintenanceCalls.append(coherent ? 0 : bucket.maintenanceCalls)
      series.bouncedMaps.append(bucket.bouncedMaps &+ (deviantsBounced ? bucket.deviantMaps : 0))
      if bucket.maps > 0 { mapped = bucket.mappedThrough }
      series.liveBytes.append(bucket.isTouched ? bucket.liveMaximum : live)
      series.swiotlbSlots.append(bucket.isTouched ? bucket.slotsMaximum : slots)
      if bucket.isTouched { (live, slots) = (bucket.liveLast, bucket.slotsLast) }
    }
    return series
  }
}
