import CZstd
import DMAModel

/// Writes a trace down as an archive (docs/archive.md), from its beginning to its end, without going back: the output
/// may be a pipe. What has been written when it is cut short can be read up to its last whole block.
public struct ArchiveWriter {
  private let trace: Trace
  private let symbolFiles: SymbolFiles?
  private let profiler: (any ArchiveProfiler)?
  /// Frames that nothing named when their block was written.
  private let nameless = Nameless()
  private let level: Int32
  /// The most events in a block.
  var blockLimit = ArchiveLayout.eventsPerBlock
  private var offset: UInt64 = 0
  private var index: [IndexEntry] = []

  /// A row of the index: where a section is, what it is, and for a block its events and their times.
  struct IndexEntry {
    var offset: UInt64
    var kind: UInt32
    var events: UInt32 = 0
    var firstTime: UInt64 = 0
    var lastTime: UInt64 = 0

    static let byteCount = 32
  }

  /// The level of zstd: higher ones gain little and take long.
  public static let standardLevel: Int32 = 12

  /// - Parameters:
  ///   - symbolFiles: name the frames of call stacks instead of the recording's own symbols; the archive keeps the names,
  ///     not the symbols.
  ///   - level: of zstd, 1 to 19.
  ///   - profiler: sees the events on their way, and makes the profile that the archive carries; without one it has none.
  public init(
    of trace: Trace, symbolFiles: SymbolFiles? = nil, level: Int32 = ArchiveWriter.standardLevel,
    profiler: (any ArchiveProfiler)? = nil
  ) {
    (self.trace, self.symbolFiles, self.level, self.profiler) = (trace, symbolFiles, level, profiler)
  }

  private final class Nameless {
    var addresses: Set<UInt64> = []
    static let limit = 1 << 16
  }

  /// Reads the trace and hands the archive to `sink`, piece by piece.
  ///
  /// - Parameter sink: may throw to end the writing.
  /// - Returns: what is known of the recording, damage included.
  public mutating func write(to sink: (UnsafeRawBufferPointer) throws -> Void) throws -> Recording {
    try put(ArchiveLayout.magic + head, sink)
    let preview = trace.preview
    try section(.opening, pack(ArchiveFacts.bytes(plain(preview))), to: sink)
    try writeBlocks(sink)
    return try finish(preview, sink)
  }

  private mutating func writeBlocks(_ sink: (UnsafeRawBufferPointer) throws -> Void) throws {
    let (trace, profiler, packer) = (trace, profiler, BlockPacker(level: level))
    var encoder = BlockEncoder(
      limit: blockLimit, stacks: trace.stacks, names: trace.names, frame: framing())
    var failure: (any Error)?
    try packer.run {
      trace.forEachRun { events, segments in
        profiler?.see(events, segments)
        do { try append(events, segments, &encoder, packer, sink) } catch { failure = error }
        return failure == nil
      }
      if let failure { throw failure }
      if !encoder.isEmpty { packer.put(encoder.encode()) }
      try writeBlocks(of: packer, keeping: 0, sink)
    }
  }

  /// Writes the blocks that are packed, and waits for others while there are more than so many.
  private mutating func writeBlocks(
    of packer: BlockPacker, keeping most: Int, _ sink: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    while let (head, payload) = packer.next(keeping: most) {
      try section(.events, payload, to: sink)
      index[index.count - 1].events = UInt32(truncatingIfNeeded: head.events)
      (index[index.count - 1].firstTime, index[index.count - 1].lastTime) = (head.firstTime, head.lastTime)
    }
  }

  private func framing() -> (UInt64) -> ArchivedFrame {
    let (recorded, symbolizer) = (trace.recordedFrames, trace.symbols(from: symbolFiles))
    return { [nameless] address in
      if let name = recorded?.name(address) {
        return ArchivedFrame(kind: .recorded, address: 0, name: name)
      }
      if let name = ArchiveWriter.name(address, symbolizer) {
        return ArchivedFrame(kind: .symbol, address: address, name: name)
      }
      if nameless.addresses.count < Nameless.limit { nameless.addresses.insert(address) }
      return ArchivedFrame(kind: .bare, address: address, name: "")
    }
  }

  /// Nil where no symbol covers the address.
  private static func name(_ address: UInt64, _ symbolizer: (any Symbolizer)?) -> String? {
    guard let name = symbolizer?.symbol(at: address), !name.isEmpty,
      name != "0x" + String(address, radix: 16)
    else { return nil }
    return name
  }

  /// Names that the recording told only after the frames had been written: perf says where modules are as it goes.
  private var lateNames: [(address: UInt64, name: String)] {
    guard !nameless.addresses.isEmpty, let symbolizer = trace.symbols(from: symbolFiles) else { return [] }
    return nameless.addresses.sorted().compactMap { address in
      ArchiveWriter.name(address, symbolizer).map { (address, $0) }
    }
  }

  private mutating func append(
    _ events: Span<Event>, _ segments: Span<UInt64>, _ encoder: inout BlockEncoder, _ packer: BlockPacker,
    _ sink: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    for index in 0..<events.count {
      if encoder.isFull {
        packer.put(encoder.encode())
        try writeBlocks(of: packer, keeping: packer.depth, sink)
      }
      encoder.append(events[index], segments)
    }
  }

  private mutating func finish(
    _ preview: Recording, _ sink: (UnsafeRawBufferPointer) throws -> Void
  ) throws -> Recording {
    let recording = trace.recording()
    let facts = ArchiveFacts.bytes(plain(recording), known: preview.taskNames, frames: lateNames)
    try section(.closing, pack(facts), to: sink)
    if let profile = try profiler?.profile(of: recording), profile.content.count <= ArchivedProfile.limit {
      try section(.profile, pack(ArchiveFacts.bytes(profile)), to: sink)
    }
    let start = offset
    var bytes = ArchiveBytes()
    for entry in index {
      bytes.put(entry.offset)
      bytes.put(entry.kind)
      bytes.put(entry.events)
      bytes.put(entry.firstTime)
      bytes.put(entry.lastTime)
    }
    try section(.index, bytes.bytes, to: sink)
    var trailer = ArchiveBytes()
    trailer.put(start)
    try put(trailer.bytes + ArchiveLayout.endMagic, sink)
    return recording
  }

  private var head: [UInt8] {
    var bytes = ArchiveBytes()
    bytes.put(ArchiveLayout.version)
    bytes.put(UInt16(0))
    bytes.put(UInt32(0))
    return bytes.bytes
  }

  /// What an archive's reader has put before what the archive says of itself is taken off again.
  private func plain(_ recording: Recording) -> Recording {
    var recording = recording
    if recording.format.hasPrefix(ArchiveReader.formatPrefix) {
      recording.format.removeFirst(ArchiveReader.formatPrefix.count)
    }
    recording.problems = recording.problems.map { problem in
      problem.hasPrefix(ArchiveReader.problemPrefix)
        ? String(problem.dropFirst(ArchiveReader.problemPrefix.count)) : problem
    }
    return recording
  }

  private mutating func section(
    _ kind: ArchiveLayout.Kind, _ payload: [UInt8], to sink: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    index.append(IndexEntry(offset: offset, kind: kind.rawValue))
    try put(SectionHead(kind, payload: payload).bytes, sink)
    try put(payload, sink)
  }

  private mutating func put(
    _ bytes: [UInt8], _ sink: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try bytes.withUnsafeBytes { try sink($0) }
    offset += UInt64(bytes.count)
  }

  /// One zstd frame.
  private func pack(_ bytes: [UInt8]) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
    let count = ZSTD_compress(&output, output.count, bytes, bytes.count, level)
    return ZSTD_isError(count) != 0 ? [] : Array(output.prefix(count))
  }
}
