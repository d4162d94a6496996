/// Where the sections of an archive are: by its index, or, where that is missing or damaged, by going from one to the
/// next.
struct ArchiveSections {
  struct Section {
    var offset: UInt64
    /// Where the next one begins.
    var end: UInt64
    var kind: UInt32
    /// Of a block, where the index has it; else 0.
    var firstTime: UInt64 = 0
  }

  private(set) var all: [Section] = []
  /// What is wrong with the frame of the archive.
  private(set) var problems: [TraceError] = []
  /// Whether what was written last is missing.
  private(set) var isCut = false

  private static let limit = 1 << 21

  init(_ source: ByteSource) throws(TraceError) {
    if try readIndex(source) { return }
    all = []
    try walk(source)
  }

  func first(_ kind: ArchiveLayout.Kind) -> Section? { all.first { $0.kind == kind.rawValue } }

  /// - Returns: false if there is no sound index.
  private mutating func readIndex(_ source: ByteSource) throws(TraceError) -> Bool {
    let length = UInt64(ArchiveLayout.trailerLength)
    guard source.size >= UInt64(ArchiveLayout.headLength) + length else { return false }
    let trailer = try source.bytes(at: source.size - length, count: Int(length), for: "the trailer")
    guard trailer[8...].elementsEqual(ArchiveLayout.endMagic) else { return false }
    let start = number(trailer, 0, 8)
    do throws(TraceError) {
      let bytes = try source.payload(
        of: Section(offset: start, end: source.size - length, kind: ArchiveLayout.Kind.index.rawValue))
      guard bytes.count % ArchiveWriter.IndexEntry.byteCount == 0 else {
        throw TraceError(
          .damaged, file: source.name, offset: start, expected: "whole rows of the index",
          found: "\(bytes.count) bytes")
      }
      for place in stride(from: 0, to: bytes.count, by: ArchiveWriter.IndexEntry.byteCount) {
        let next = place + ArchiveWriter.IndexEntry.byteCount
        let section = Section(
          offset: number(bytes, place, 8), end: next < bytes.count ? number(bytes, next, 8) : start,
          kind: UInt32(number(bytes, place + 8, 4)), firstTime: number(bytes, place + 16, 8))
        // Rows in disorder could give one block any number of times.
        guard all.last.map({ $0.offset < section.offset }) ?? true, section.offset < section.end else {
          throw TraceError(
            .damaged, file: source.name, offset: start,
            expected: "offsets in ascending order before the index", found: "\(section.offset)")
        }
        all.append(section)
      }
      return true
    } catch {
      problems.append(error)
      return false
    }
  }

  private func number(_ bytes: [UInt8], _ place: Int, _ width: Int) -> UInt64 {
    (0..<width).reversed().reduce(0) { $0 << 8 | UInt64(bytes[place + $1]) }
  }

  /// Goes from section to section up to the end of the file, or to what cannot be one.
  private mutating func walk(_ source: ByteSource) throws(TraceError) {
    var offset = UInt64(ArchiveLayout.headLength)
    var isClosed = false
    func cut(_ at: UInt64, _ expected: String, _ found: String) -> TraceError {
      TraceError(.damaged, file: source.name, offset: at, expected: expected, found: found)
    }
    while !isClosed {
      let left = source.size > offset ? source.size - offset : 0
      let headLength = UInt64(ArchiveLayout.sectionHeadLength)
      guard left >= headLength else {
        problems.append(
          cut(
            offset, "a further section of the archive",
            left == 0 ? "the end of the file" : "only \(left) bytes"))
        break
      }
      let bytes = try source.bytes(at: offset, count: Int(headLength), for: "the head of a section")
      guard let head = SectionHead(bytes), head.isPlausible, all.count < ArchiveSections.limit else {
        problems.append(cut(offset, "the head of a section", "other bytes"))
        break
      }
      guard left - headLength >= UInt64(head.length) else {
        problems.append(
          cut(
            offset, "a section of \(head.length) bytes",
            "the end of the file after \(left - headLength): the archive was cut short"))
        break
      }
      if head.kind == ArchiveLayout.Kind.index.rawValue {
        isClosed = true
      } else {
        all.append(
          Section(offset: offset, end: offset + headLength + UInt64(head.length), kind: head.kind))
      }
      offset += headLength + UInt64(head.length)
    }
    isCut = !isClosed
  }
}

extension ByteSource {
  /// The payload of a section.
  ///
  /// - Throws: `TraceError` if there is none of its kind, it reaches into the next, or its checksum is another.
  func payload(of section: ArchiveSections.Section) throws(TraceError) -> [UInt8] {
    let offset = section.offset
    let headLength = UInt64(ArchiveLayout.sectionHeadLength)
    let bytes = try bytes(at: offset, count: Int(headLength), for: "the head of a section")
    // Sections within one another would be in memory more than once.
    guard let head = SectionHead(bytes), head.kind == section.kind,
      head.length <= UInt32(ArchiveLayout.sectionLimit), section.end >= offset &+ headLength,
      UInt64(head.length) <= section.end - offset - headLength
    else {
      let kind = ArchiveLayout.Kind(rawValue: section.kind).map { " (\($0))" } ?? ""
      throw TraceError(
        .damaged, file: name, offset: offset,
        expected: "a section of the archive\(kind) up to \(section.end)", found: "other bytes")
    }
    let payload = try self.bytes(at: offset &+ headLength, count: Int(head.length), for: "a section")
    let found = payload.withUnsafeBytes { XXHash64.hash($0, seed: head.seed) }
    guard found == head.check else {
      throw TraceError(
        .damaged, file: name, offset: offset,
        expected: "a section with checksum 0x\(String(head.check, radix: 16))",
        found: "0x\(String(found, radix: 16))")
    }
    return payload
  }

  /// What the block in a section says it needs; nil if it says nothing sensible.
  func need(of section: ArchiveSections.Section) -> BlockNeed? {
    let start = section.offset &+ UInt64(ArchiveLayout.sectionHeadLength)
    let left = min(section.end, size) - min(start, section.end, size)
    let count = Int(min(left, UInt64(BlockNeed.prefix)))
    guard let bytes = try? bytes(at: start, count: count, for: "a block") else { return nil }
    return bytes.withUnsafeBytes { BlockNeed($0) }
  }
}
