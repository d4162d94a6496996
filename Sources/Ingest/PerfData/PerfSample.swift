/// The parts of a `PERF_RECORD_SAMPLE` that matter.
struct PerfSample {
  var pid: Int32 = 0
  /// Nanoseconds.
  var time: UInt64 = 0
  var cpu: UInt16 = 0
  /// The return addresses, with markers between those of kernel and user.
  var callChain: PerfBytes?
  /// The tracepoint's record; nil in samples that have none.
  var raw: PerfBytes?

  /// Nil if the body is shorter than it says.
  init?(_ body: PerfBytes, _ attribute: PerfAttribute) {
    let type = attribute.sampleType
    var position = 0
    func has(_ bit: UInt64) -> Bool { type & bit != 0 }
    if has(PerfAttribute.identifier) { position += 8 }
    if has(PerfAttribute.ip) { position += 8 }
    if has(PerfAttribute.task) {
      pid = Int32(bitPattern: body.u32(position + 4))
      position += 8
    }
    if has(PerfAttribute.time) {
      time = body.u64(position)
      position += 8
    }
    if has(PerfAttribute.address) { position += 8 }
    if has(PerfAttribute.id) { position += 8 }
    if has(PerfAttribute.streamID) { position += 8 }
    if has(PerfAttribute.cpu) {
      cpu = UInt16(truncatingIfNeeded: body.u32(position))
      position += 8
    }
    if has(PerfAttribute.period) { position += 8 }
    if has(PerfAttribute.read) {
      guard let size = PerfSample.readSize(body, position, attribute.readFormat) else { return nil }
      position += size
    }
    if has(PerfAttribute.callChain) {
      let count = body.u64(position)
      guard position + 8 <= body.count, count <= UInt64(body.count - position - 8) / 8 else { return nil }
      callChain = body.from(position + 8, length: Int(count) * 8)
      position += 8 + Int(count) * 8
    }
    guard position <= body.count else { return nil }
    if has(PerfAttribute.raw) {
      let size = Int(body.u32(position))
      guard position + 4 + size <= body.count else { return nil }
      raw = body.from(position + 4, length: size)
    }
  }

  /// Bytes of the counts in a sample (`PERF_SAMPLE_READ`).
  private static func readSize(_ body: PerfBytes, _ position: Int, _ format: UInt64) -> Int? {
    let times = (format & 1 != 0 ? 8 : 0) + (format & 2 != 0 ? 8 : 0)
    let value = 8 + (format & 4 != 0 ? 8 : 0) + (format & 16 != 0 ? 8 : 0)
    guard format & 8 != 0 else { return value + times }
    let count = body.u64(position)
    guard count <= UInt64(body.count) / 8 else { return nil }
    return 8 + times + Int(count) * value
  }
}

/// What other records end with (`sample_id`): task, time, CPU.
struct PerfTrailer {
  var time: UInt64 = 0
  var cpu: UInt16 = 0

  init(_ body: PerfBytes, _ attribute: PerfAttribute) {
    guard attribute.hasTrailer else { return }
    var position = body.count
    func back(_ bit: UInt64) -> Int? {
      guard attribute.sampleType & bit != 0 else { return nil }
      position -= 8
      return position
    }
    _ = back(PerfAttribute.identifier)
    if let place = back(PerfAttribute.cpu) { cpu = UInt16(truncatingIfNeeded: body.u32(place)) }
    _ = back(PerfAttribute.streamID)
    _ = back(PerfAttribute.id)
    if let place = back(PerfAttribute.time) { time = body.u64(place) }
  }
}
