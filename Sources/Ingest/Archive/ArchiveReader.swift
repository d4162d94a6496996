import CZstd
import DMAModel

/// Reads the archives that `ArchiveWriter` writes (docs/archive.md).
final class ArchiveReader: TraceReader {
  let shared = SharedTables()
  let frameNames: FrameNames? = FrameNames()
  private let named = ArchiveSymbols()
  private let source: ByteSource
  private let sections: ArchiveSections
  private let blocks: [ArchiveSections.Section]
  /// What was known before the events, and after them; the latter is nil if it is missing.
  private var opening = Recording()
  private var closing: Recording?
  private var result: Recording?
  private var damage: [TraceError] = []
  private var pipeline: BlockPipeline?

  static let formatPrefix = "dmascope archive \(ArchiveLayout.version) of "
  /// Before the damage of the recording that the archive was made of.
  static let problemPrefix = "before it was archived: "
  private static let problemLimit = 20
  private static let eventsPerRun = 4096

  /// - Parameter wrapper: the compression that was around the whole file, for the description.
  init(_ source: ByteSource, wrapper: String?) throws(TraceError) {
    self.source = source
    let head = try source.bytes(at: 0, count: ArchiveLayout.headLength, for: "the archive's head")
    let version = UInt16(head[8]) | UInt16(head[9]) << 8
    guard (1...ArchiveLayout.version).contains(version) else {
      throw TraceError(
        .notATrace, file: source.name, offset: 8,
        expected: "an archive of version \(ArchiveLayout.version)",
        found: version == 0 ? "version 0" : "version \(version): a newer dmascope wrote it")
    }
    sections = try ArchiveSections(source)
    blocks = sections.all.filter { $0.kind == ArchiveLayout.Kind.events.rawValue }
    damage = sections.problems
    opening = facts(.opening, after: Recording()) ?? Recording()
    closing = facts(.closing, after: known(opening))
    if let wrapper {
      opening.format += " in \(wrapper)"
      closing?.format += " in \(wrapper)"
    }
  }

  /// What the facts at the end need not repeat.
  private func known(_ opening: Recording) -> Recording {
    var recording = Recording()
    recording.taskNames = opening.taskNames
    return recording
  }

  /// The facts of a section; nil if it is missing or damaged.
  private func facts(_ kind: ArchiveLayout.Kind, after known: Recording) -> Recording? {
    guard let bytes = fields(kind) else { return nil }
    var recording = known
    ArchiveFacts.read(bytes, into: &recording)
    ArchiveFacts.readFrames(bytes, into: named)
    recording.format = ArchiveReader.formatPrefix + recording.format
    recording.problems = recording.problems.map { ArchiveReader.problemPrefix + $0 }
    return recording
  }

  /// The fields of a section; nil if it is missing or damaged.
  private func fields(_ kind: ArchiveLayout.Kind) -> [UInt8]? {
    guard let section = sections.first(kind) else { return nil }
    do throws(TraceError) {
      return try unpack(source.payload(of: section), at: section.offset)
    } catch {
      damage.append(error)
      return nil
    }
  }

  /// The profile that a whole archive carries, with what the archive says of the recording.
  func archivedProfile() -> (profile: ArchivedProfile, recording: Recording)? {
    guard !sections.isCut, damage.isEmpty, let closing, let section = sections.first(.profile),
      let profile = fields(.profile).flatMap(ArchiveFacts.profile),
      profile.content.count <= ArchivedProfile.credible(from: section.end - section.offset)
    else { return nil }
    return (profile, closing)
  }

  private func unpack(_ packed: [UInt8], at offset: UInt64) throws(TraceError) -> [UInt8] {
    let size = packed.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
    let limit = ArchiveLayout.unpackedLimit(from: packed.count)
    guard size <= UInt64(limit) else {
      throw TraceError(
        .damaged, file: source.name, offset: offset, expected: "a zstd frame of at most \(limit) bytes",
        found: "another")
    }
    var output = [UInt8](repeating: 0, count: Int(size))
    let count = ZSTD_decompress(&output, output.count, packed, packed.count)
    guard count == output.count else {
      throw TraceError(
        .damaged, file: source.name, offset: offset, expected: "a zstd frame of \(size) bytes",
        found: ZSTD_isError(count) != 0 ? String(cString: ZSTD_getErrorName(count)) : "\(count)")
    }
    return output
  }

  var progress: Double {
    guard let pipeline, !blocks.isEmpty else { return 0 }
    return Double(pipeline.blocksClaimed) / Double(blocks.count)
  }

  func forEachRun(_ body: (Span<Event>, Span<UInt64>) -> Bool) {
    let (shared, frameNames, named) = (shared, frameNames ?? FrameNames(), named)
    let pipeline = BlockPipeline(source, blocks) {
      BlockDecoder(shared: shared, frameNames: frameNames, symbols: named)
    }
    self.pipeline = pipeline
    var tally = ArchiveTally(isNeeded: closing == nil)
    pipeline.run(workers: min(8, availableProcessors() - 1)) {
      var number = 0
      var isWanted = true
      while isWanted, let batch = pipeline.nextBatch() {
        if !batch.problems.isEmpty {
          damage += batch.problems
          tally.noteLoss(in: batch, from: blocks[number].firstTime)
        }
        tally.count(batch)
        isWanted = ArchiveReader.handOver(batch, body)
        pipeline.recycle(batch)
        number += 1
      }
      if isWanted, sections.isCut {
        let batch = EventBatch()
        tally.noteLoss(in: batch, from: 0)
        _ = ArchiveReader.handOver(batch, body)
      }
    }
    result = tally.complete(closing, opening)
  }

  private static func handOver(_ batch: EventBatch, _ body: (Span<Event>, Span<UInt64>) -> Bool) -> Bool {
    let segments = UnsafeBufferPointer(start: batch.segments, count: batch.segmentCount)
    for start in stride(from: 0, to: batch.count, by: eventsPerRun) {
      let count = min(eventsPerRun, batch.count - start)
      let events = UnsafeBufferPointer(start: batch.events + start, count: count)
      if !body(events.span, segments.span) { return false }
    }
    return true
  }

  func recording() -> Recording {
    var recording = result ?? opening
    let shown = damage.prefix(ArchiveReader.problemLimit).map(\.details)
    recording.problems += shown
    if damage.count > shown.count {
      recording.problems.append("and \(damage.count - shown.count) further problems")
    }
    return recording
  }

  func taskName(_ pid: Int32) -> String? { (result ?? closing ?? opening).taskNames[pid] }

  func symbols() -> (any Symbolizer)? { named }
}
