import DMAModel

// Plain events, which most records are, decoded page by page: what is counted is kept in registers, and written down where
// another record comes in between.
extension RecordDecoder {
  /// Room is made for so many events at a time.
  private static let runLength = 64

  /// Decodes the records of a page that are in the reader's byte order and whose times need no conversion.
  ///
  /// - Parameter base: the page's first byte, from which the page counts its records' places.
  mutating func decode(
    _ page: inout RingBufferPage, at base: UnsafeRawPointer, cpu: UInt16, into batch: EventBatch
  ) {
    var walk = page
    var next = walk.next()
    while let first = next {
      next = decodeRun(first, &walk, base, cpu, into: batch)
      guard let other = next else { break }
      if batch.isFull || !isPlain(base + other.offset, other.length) {
        _ = decode(base + other.offset, length: other.length, time: other.time, cpu: cpu, into: batch)
        next = walk.next()
      }
    }
    page = walk
  }

  @inline(__always)
  private func isPlain(_ record: UnsafeRawPointer, _ length: Int) -> Bool {
    length >= 8 && length >= plainPlans[Int(indexByID[number(record)])].length
  }

  /// The number of an event's kind, which every record begins with.
  @inline(__always)
  private func number(_ record: UnsafeRawPointer) -> Int {
    Int(UInt16(littleEndian: record.loadUnaligned(as: UInt16.self)))
  }

  /// Decodes plain events up to the first record that is none, and some dozen at the most.
  ///
  /// - Returns: the record that comes next; nil at the end of the page.
  @inline(__always)
  private mutating func decodeRun(
    _ first: RingBufferPage.Record, _ walk: inout RingBufferPage, _ base: UnsafeRawPointer, _ cpu: UInt16,
    into batch: EventBatch
  ) -> RingBufferPage.Record? {
    let most = batch.room(for: RecordDecoder.runLength)
    let room = batch.events + batch.count
    var (count, firstTime, lastTime) = (0, batch.firstTime, batch.lastTime)
    var next: RingBufferPage.Record? = first
    while let record = next, count < most {
      let address = base + record.offset
      guard record.length >= 8 else { break }
      let index = Int(indexByID[number(address)])
      let plan = UnsafePointer(plainPlans + index)
      guard record.length >= plan.pointee.length else { break }
      counts[index] &+= 1
      firstTime = min(firstTime, record.time)
      lastTime = max(lastTime, record.time)
      (room + count).initialize(
        to: plainEvent(plan, address, record.length, record.time, cpu, meanings + 64 * index))
      count &+= 1
      next = walk.next()
    }
    if count > 0 { batch.take(count, from: firstTime, to: lastTime) }
    return next
  }

  /// Makes an event of a plain record.
  @inline(__always)
  mutating func plainEvent(
    _ plan: UnsafePointer<PlainPlan>, _ base: UnsafeRawPointer, _ length: Int, _ time: UInt64, _ cpu: UInt16,
    _ meanings: UnsafePointer<UInt32>
  ) -> Event {
    var event = Event()
    (event.time, event.cpu) = (time, cpu)
    (event.call, event.flags) = (plan.pointee.call, plan.pointee.flags)
    let common = UInt64(littleEndian: base.loadUnaligned(as: UInt64.self))
    event.pid = Int32(truncatingIfNeeded: common &>> 32)
    event.context = RecordDecoder.context(
      UInt8(truncatingIfNeeded: common &>> 16), preemption: UInt8(truncatingIfNeeded: common &>> 24))
    event.address = plan.pointee.address.value(base)
    event.physicalAddress = plan.pointee.physicalAddress.value(base)
    event.size = plan.pointee.size.value(base)
    event.direction = Direction(recorded: plan.pointee.direction.value(base))
    let attributes = plan.pointee.attributes.value(base)
    if attributes != 0 { event.attributes = AttributeMap.attributes(attributes, meanings) }
    let word = UInt32(littleEndian: base.loadUnaligned(fromByteOffset: plan.pointee.device, as: UInt32.self))
    let (start, count) = (Int(word & 0xffff) &+ plan.pointee.deviceBase, Int(word &>> 16))
    if start &+ count <= length {
      event.device = names.number((base + start).assumingMemoryBound(to: UInt8.self), count)
    }
    return event
  }
}
