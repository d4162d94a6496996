#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The bytes of an input from its beginning to its end, once: of a file, of a pipe as they come, or unpacked from either.
///
/// Holds no more than what was looked at before reading begins, and a packed piece: a writer that is faster waits. One
/// thread reads.
final class ByteStream {
  /// What a read came to.
  enum Arrival {
    case bytes(Int)
    /// Nothing came in time.
    case nothing
    case end
  }

  private enum Origin {
    /// The bytes that were looked at are all.
    case memory
    case file(ByteSource)
    case descriptor(Int32)
    case unpacked(Unpacker)
  }

  /// The name that the user gave, for messages.
  let name: String
  private let origin: Origin
  private let wakeup: StreamWakeup?
  /// What was looked at and is yet to be read.
  private var ahead: ArraySlice<UInt8> = []
  /// Where the next byte read lies in the input; of what was looked at, behind it.
  private var position: UInt64 = 0

  /// A file from a place on.
  init(_ source: ByteSource, from position: UInt64 = 0) {
    (origin, name, wakeup, self.position) = (.file(source), source.name, nil, position)
  }

  /// What a descriptor gives; it is closed with the stream.
  init(descriptor: Int32, name: String, wakeup: StreamWakeup?) {
    (origin, self.name, self.wakeup) = (.descriptor(descriptor), name, wakeup)
  }

  init(unpacking unpacker: Unpacker, name: String, wakeup: StreamWakeup?) {
    (origin, self.name, self.wakeup) = (.unpacked(unpacker), name, wakeup)
  }

  init(_ bytes: [UInt8], name: String) {
    (origin, self.name, wakeup, ahead) = (.memory, name, nil, bytes[...])
  }

  deinit { if case .descriptor(let descriptor) = origin { close(descriptor) } }

  /// Whether somebody has ended the reading: what is half there is no damage.
  var isStopped: Bool { wakeup?.isStopped ?? false }

  /// Reads some bytes, as many as are there and fit.
  ///
  /// - Parameter patience: milliseconds to wait for the first; without limit if negative.
  func read(
    into buffer: UnsafeMutableRawBufferPointer, patience: Int32 = -1
  ) throws(TraceError) -> Arrival {
    guard buffer.count > 0 else { return .nothing }
    if !ahead.isEmpty {
      let count = min(ahead.count, buffer.count)
      buffer.copyBytes(from: ahead.prefix(count))
      ahead.removeFirst(count)
      return .bytes(count)
    }
    let arrival = try readOn(into: buffer, patience)
    if case .bytes(let count) = arrival { position &+= UInt64(count) }
    return arrival
  }

  private func readOn(
    into buffer: UnsafeMutableRawBufferPointer, _ patience: Int32
  ) throws(TraceError) -> Arrival {
    switch origin {
    case .memory: return .end
    case .file(let source):
      let count = try source.read(at: position, into: buffer)
      return count > 0 ? .bytes(count) : .end
    case .unpacked(let unpacker): return try unpacker.read(into: buffer, patience)
    case .descriptor(let descriptor): return try read(descriptor, into: buffer, patience)
    }
  }

  private func read(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, _ patience: Int32
  ) throws(TraceError) -> Arrival {
    while true {
      let isReadable = StreamWakeup.wait(descriptor, wakeup, patience: patience)
      if isStopped { return .end }
      if !isReadable {
        if patience < 0 { continue }
        return .nothing
      }
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count > 0 { return .bytes(count) }
      // Who ends the reading often ends the writer as well; the end that this makes comes after the word.
      if count == 0 || wakeup?.checkStopped() == true { return .end }
      if errno == EINTR || errno == EAGAIN { continue }
      throw TraceError(
        .cannotOpen, file: name, offset: position, expected: "readable bytes",
        found: String(cString: strerror(errno)))
    }
  }

  /// Bytes that are passed over: a file's are not read.
  ///
  /// - Returns: how many of them were.
  func pass(_ count: UInt64) -> UInt64 {
    guard case .file = origin, ahead.isEmpty else { return 0 }
    position &+= count
    return count
  }

  /// The first bytes, without taking them: as many as `isEnough` wants, or all up to the limit that it sets, or to the end.
  ///
  /// Waits while there are too few. Once there are enough, takes along what is there, within a fifth of a second.
  ///
  /// - Parameter wanted: for the bytes so far, how many to look at at most, and whether they will do.
  /// - Throws: `TraceError` if there are none.
  func look(
    _ wanted: ([UInt8]) -> (limit: Int, isEnough: Bool)
  ) throws(TraceError) -> (bytes: [UInt8], isWhole: Bool) {
    var bytes = Array(ahead)
    ahead = []
    defer { ahead = bytes[...] }
    var state = wanted(bytes)
    var enoughSince: UInt64?
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < state.limit {
      if state.isEnough {
        let since = enoughSince ?? monotonicNanoseconds()
        enoughSince = since
        if monotonicNanoseconds() &- since > 200_000_000 { break }
      }
      let room = min(piece.count, state.limit - bytes.count)
      let arrival = look(&piece, room, patience: state.isEnough ? 20 : -1)
      switch arrival {
      case .failure(let error):
        if bytes.isEmpty { throw error }
        return (bytes, true)
      case .success(.end): return (bytes, true)
      case .success(.nothing): return (bytes, false)
      case .success(.bytes(let count)):
        let news = piece[..<count]
        bytes += news
        // Slow writers bring lines in pieces: looking again at all of them for each would take for ever.
        if !state.isEnough, bytes.count <= 64 || news.contains(0x0a) || count > 256 { state = wanted(bytes) }
      }
    }
    return (bytes, false)
  }

  private func look(_ piece: inout [UInt8], _ room: Int, patience: Int32) -> Result<Arrival, TraceError> {
    piece.withUnsafeMutableBytes { buffer in
      do throws(TraceError) {
        let arrival = try read(
          into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<room]), patience: patience)
        return .success(arrival)
      } catch {
        return .failure(error)
      }
    }
  }
}
