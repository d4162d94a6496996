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
  private var losses = [Bool](repeating: false, count: TimelineRecorder.bucketCount)
  private(set) var start: UInt64?
  /// Base-2 logarithm of a bucket's nanoseconds.
  private(set) var shift: UInt64 = 10
  private(set) var used = 0
  /// The bucket of the last event, where it begins, and its width; 0 where that is not known. Most events fall into the
  /// bucket of the one before.
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

  /// The bucket of a device at a time; widens the buckets if the time lies beyond them.
  ///
  /// - Precondition: `device` is a place of the device table.
  @inline(__always)
  mutating func bucket(_ device: Int, _ time: UInt64) -> UnsafeMutablePointer<Bucket> {
    let index = position(time)
    if let row = rows[device] { return row + index }
    return newRow(device) + index
  }

  mutating func noteLoss(_ time: UInt64) { losses[position(time)] = true }

  @inline(__always)
  private mutating func position(_ time: UInt64) -> Int {
    if time >= currentStart, time &- currentStart < currentWidth { return current }
    return newPosition(time)
  }

  private mutating func newPosition(_ time: UInt64) -> Int {
    let begin = start ?? time
    if start == nil { start = time }
    let distance = time > begin ? time &- begin : 0
    if distance >> shift >= UInt64(TimelineRecorder.bucketCount) { widen(distance) }
    let index = Int(truncatingIfNeeded: distance >> shift)
    if index >= used { used = index + 1 }
    (current, currentStart, currentWidth) = (index, begin &+ UInt64(index) << shift, 1 << shift)
    return index
  }

  private mutating func newRow(_ device: Int) -> UnsafeMutablePointer<Bucket> {
    let row = UnsafeMutablePointer<Bucket>.allocate(capacity: TimelineRecorder.bucketCount)
    row.initialize(repeating: Bucket(), count: TimelineRecorder.bucketCount)
    rows[device] = row
    return row
  }

  private mutating func widen(_ distance: UInt64) {
    while distance >> shift >= UInt64(TimelineRecorder.bucketCount) {
      shift += 1
      let half = TimelineRecorder.bucketCount / 2
      for device in 0..<TimelineRecorder.rowCount {
        guard let row = rows[device] else { continue }
        for index in 0..<half {
          var merged = row[2 * index]
          merged.absorb(row[2 * index + 1])
          row[index] = merged
        }
        for index in half..<TimelineRecorder.bucketCount { row[index] = Bucket() }
      }
      for index in 0..<half { losses[index] = losses[2 * index] || losses[2 * index + 1] }
      for index in half..<TimelineRecorder.bucketCount { losses[index] = false }
      used = (used + 1) / 2
    }
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
