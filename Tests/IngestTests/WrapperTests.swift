import Foundation
import Testing

@testable import Ingest

/// Compression around the whole file: RFC 8878 (zstd) and RFC 1952 (gzip).
@Suite struct WrapperTests {
  /// What is inside a wrapper, or what kept it from being opened.
  static func content(_ packed: [UInt8]) throws -> (bytes: [UInt8], wrapper: String?, damage: TraceError?) {
    try withFile(packed) { path in
      let input = try openInput(path)
      let source = try input.randomAccess()
      return (try source.bytes(at: 0, count: Int(source.size), for: "all"), input.wrapper, input.damage)
    }
  }

  static let noise: [UInt8] = {
    var dice = DamageTests.Dice(state: 1)
    return (0..<(1 << 19)).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
  }()

  /// Skippable frame: magic 0x184D2A50 ... 5F, length, bytes.
  static func skippable(_ count: Int) -> [UInt8] {
    var out = ByteWriter()
    out.put(0x184d_2a53 as UInt32)
    out.put(UInt32(count))
    out.put([UInt8](repeating: 7, count: count))
    return out.bytes
  }

  /// A gzip member whose content is stored, not packed, with the CRC that Foundation does not offer.
  static func gzip(_ content: [UInt8]) -> [UInt8] {
    var out = ByteWriter()
    out.put([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])
    var start = 0
    repeat {
      let end = min(start + 0xffff, content.count)
      out.put(end == content.count ? [1] : [0])
      out.put(UInt16(end - start))
      out.put(~UInt16(end - start))
      out.put(Array(content[start..<end]))
      start = end
    } while start < content.count
    var crc: UInt32 = .max
    for byte in content {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
    }
    out.put(~crc)
    out.put(UInt32(truncatingIfNeeded: content.count))
    return out.bytes
  }

  @Test(
    "Both kinds come off, whatever the content's length; the unpacked pieces' borders leave no trace",
    arguments: [1, 1 << 18, 1 << 18 - 1, 1 << 19])
  func lengths(count: Int) throws {
    let content = Array(Self.noise.prefix(count))
    for (packed, name) in [(zstdFrame(content), "zstd"), (Self.gzip(content), "gzip")] {
      let result = try Self.content(packed)
      #expect(result.bytes == content && result.wrapper == name)
      #expect(result.damage == nil, "\(name) of \(count) bytes")
    }
  }

  @Test(
    "A content that packs well and fills the unpacked pieces exactly is whole", arguments: [1 << 18, 1 << 20])
  func exactPieces(count: Int) throws {
    let zeros = [UInt8](repeating: 0, count: count)
    let zstd = try Self.content(zstdFrame(zeros))
    #expect(zstd.bytes == zeros && zstd.damage == nil)
    let two = try Self.content(zstdFrame(zeros) + zstdFrame(zeros))
    #expect(two.bytes.count == 2 * count && two.damage == nil)
  }

  @Test("A gzip member that fills the unpacked piece exactly is whole")
  func exactGzipPiece() throws {
    // 2^18 zeros as `gzip -9` packs them.
    let start: [UInt8] = [0xed, 0xc1, 0x31, 0x01, 0, 0, 0, 0xc2, 0xa0, 0xf5, 0x4f, 0xed, 0x6d, 0x07, 0xa0]
    let crcAndLength: [UInt8] = [0x22, 0xea, 0x0e, 0xe2, 0, 0, 4, 0]
    let member: [UInt8] =
      [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3] + start + [UInt8](repeating: 0, count: 254) + [0xde, 0]
      + crcAndLength
    let result = try Self.content(member)
    #expect(result.bytes == [UInt8](repeating: 0, count: 1 << 18) && result.damage == nil)
  }

  @Test("Concatenated frames and members follow one another, skippable frames are skipped")
  func concatenated() throws {
    let (a, b) = (Array(Self.noise.prefix(1 << 18)), Array(Self.noise.suffix(1_000)))
    let zstd = Self.skippable(5) + zstdFrame(a) + Self.skippable(0) + zstdFrame(b) + Self.skippable(100_000)
    let frames = try Self.content(zstd)
    #expect(frames.bytes == a + b && frames.damage == nil && frames.wrapper == "zstd")
    let members = try Self.content(Self.gzip(a) + Self.gzip(b))
    #expect(members.bytes == a + b && members.damage == nil)
  }

  @Test("What comes before a cut or damage is kept")
  func cut() throws {
    let content = Array(Self.noise)
    for packed in [zstdFrame(content), Self.gzip(content)] {
      let half = try Self.content(Array(packed.prefix(packed.count / 2)))
      #expect(!half.bytes.isEmpty && content.starts(with: half.bytes))
      #expect(half.damage?.kind == .damaged && half.damage?.offset == UInt64(packed.count / 2))
      let trailing = try Self.content(packed + [1, 2, 3, 4, 5, 6, 7, 8])
      #expect(trailing.bytes == content && trailing.damage != nil)
    }
  }

  @Test("A frame that promises 2^60 bytes is refused before anything is unpacked")
  func promise() throws {
    // Frame header descriptor 0xC0: content size in eight bytes, window descriptor follows.
    let frame: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0xc0, 0x00, 0, 0, 0, 0, 0, 0, 0, 0x10, 9, 0, 0, 0x41]
    let error = try #require(throws: TraceError.self) { try Self.content(frame) }
    #expect(error.kind == .notATrace && error.offset == 0)
    #expect(error.found == "a frame that promises 1152921504606846976 bytes")
    // The same as a second frame: what the first held is kept.
    let second = try Self.content(zstdFrame([1, 2, 3]) + frame)
    #expect(second.bytes.starts(with: [1, 2, 3]) && second.damage != nil)
  }

  @Test("No descriptor stays open, whether reading goes well or not")
  func descriptors() throws {
    func open() throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)"))?.contains(
          "dmascope-")
          ?? false
      }.count
    }
    let bad: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0xff, 0xff, 0xff, 0xff, 0xff]
    for _ in 0..<300 {
      _ = try? Self.content(bad)
      _ = try? Self.content([0x1f, 0x8b, 9, 9])
      _ = try? Self.content(zstdFrame([1]))
    }
    // Other tests run beside this one and have some open.
    #expect(try open() < 100)
  }

  @Test("A directory, a missing file, an empty file and a text say what they are")
  func noTraces() throws {
    func error(_ path: String) -> TraceError? {
      do throws(TraceError) { _ = try Trace(path: path) } catch { return error }
      return nil
    }
    #expect(error("/")?.description == "/: expected a trace file, found a directory")
    #expect(error("/nowhere/at-all")?.description == "/nowhere/at-all: No such file or directory")
    #expect(try withFile([]) { error($0)?.details } == "expected a trace, found an empty file")
    let text = try #require(try withFile(Array("hello".utf8)) { error($0) })
    #expect(text.kind == .notATrace && text.offset == 0 && text.found == "text (68 65 6c 6c 6f)")
    let perf = try #require(try withFile(Array("PERFILE2....".utf8)) { error($0) })
    #expect(
      perf.expected == "16 bytes of the perf.data header"
        && perf.found == "only 12 bytes before the end of the file")
    let elf = try #require(try withFile([0x7f, 0x45, 0x4c, 0x46, 2, 1]) { error($0) })
    #expect(elf.found.hasPrefix("an ELF file"))
  }

  @Test("A pipe is read as a file is")
  func pipe() throws {
    let trace = zstdFrame(WholeTraceTests.builder(WholeTraceTests.forms[0]).build())
    try withFile(trace) { path in
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/cat")
      process.arguments = [path]
      let output = Pipe()
      process.standardOutput = output
      try process.run()
      let reading = Reading(try Trace(path: "/dev/fd/\(output.fileHandleForReading.fileDescriptor)"))
      process.waitUntilExit()
      #expect(reading.recording.eventsByName == ["dma_map_page": 4])
      #expect(reading.recording.format.hasSuffix("in zstd"))
    }
  }

  /// A frame with a window descriptor (RFC 8878, 3.1.1.1.2) and one raw block.
  static func frame(windowLog: UInt8, _ content: [UInt8]) -> [UInt8] {
    var out = ByteWriter()
    out.put([0x28, 0xb5, 0x2f, 0xfd, 0, (windowLog - 10) << 3])
    let block = UInt32(content.count) << 3 | 1
    out.put([UInt8(block & 0xff), UInt8(block >> 8 & 0xff), UInt8(block >> 16)])
    out.put(content)
    return out.bytes
  }

  @Test("A window of 128 MiB is unpacked; a larger one is refused with the option's name, and taken with it")
  func windows() throws {
    let content = Array("just some bytes".utf8)
    #expect(try Self.content(Self.frame(windowLog: 27, content)).bytes == content)
    let error = #expect(throws: TraceError.self) {
      try Self.content(Self.frame(windowLog: 28, content))
    }
    #expect(error?.expected.contains("128 MiB (--zstd-window") == true)
    var options = TraceOptions()
    options.zstdWindow = 256 << 20
    try withFile(Self.frame(windowLog: 28, content)) { path in
      let size = try openInput(path, options).size
      #expect(size == UInt64(content.count))
    }
  }

  /// contrib/seekable_format of zstd: frames, then a skippable frame with the sizes of each (packed, unpacked), their
  /// number, a descriptor byte, and the magic of the seek table.
  static func seekable(_ pieces: [[UInt8]]) -> [UInt8] {
    let frames = pieces.map { zstdFrame($0) }
    var out = ByteWriter()
    for frame in frames { out.put(frame) }
    out.put(0x184d_2a5e as UInt32)
    out.put(UInt32(8 * frames.count + 9))
    for (frame, piece) in zip(frames, pieces) {
      out.put(UInt32(frame.count))
      out.put(UInt32(piece.count))
    }
    out.put(UInt32(frames.count))
    out.put(0 as UInt8)
    out.put(0x8f92_eab1 as UInt32)
    return out.bytes
  }

  @Test("The seekable format is read as any other")
  func seekable() throws {
    let pieces = [Array(Self.noise.prefix(70_000)), Array(Self.noise.suffix(3)), Array(Self.noise.prefix(1))]
    let result = try Self.content(Self.seekable(pieces))
    #expect(result.bytes == pieces.flatMap { $0 } && result.damage == nil && result.wrapper == "zstd")
  }

  @Test("Zeros behind a gzip member are padding; anything else is reported, and what came before it kept")
  func trailing() throws {
    let content = Array(Self.noise.prefix(1_000))
    let padded = try Self.content(Self.gzip(content) + [UInt8](repeating: 0, count: 200_000))
    #expect(padded.bytes == content && padded.damage == nil)
    let further = try Self.content(Self.gzip(content) + [0, 0, 0] + Self.gzip([1, 2]))
    #expect(further.bytes == content + [1, 2] && further.damage == nil)
    let garbage = try Self.content(Self.gzip(content) + Array("garbage".utf8))
    #expect(garbage.bytes == content && garbage.damage?.kind == .damaged)
  }

  @Test("A bomb is refused once it is past the free bytes and the ratio, and what came before it kept")
  func bombs() throws {
    let zeros = [UInt8](repeating: 0, count: 4 << 20)
    // 4 MiB of zeros pack to some hundred bytes with zstd.
    let packed = zstdFrame(zeros)
    func unpack(_ limits: UnpackingLimits) throws -> (UInt64, TraceError?) {
      try withFile(packed) { path in
        let descriptor = open(path, O_RDONLY)
        let source = ByteSource(descriptor: descriptor, size: UInt64(packed.count), name: path)
        let (plain, damage) = try Wrapper.zstd.unwrap(source, zstdWindow: 1 << 27, limits: limits)
        return (plain.size, damage)
      }
    }
    let refused = try unpack(UnpackingLimits(ratio: 100, freeBytes: 1 << 20))
    #expect(refused.1?.expected == "at most 100 unpacked bytes for each packed one")
    #expect((1 << 20)..<(2 << 20) ~= refused.0)
    #expect(try unpack(UnpackingLimits(ratio: 1 << 20, freeBytes: 1 << 20)).1 == nil)
    #expect(try unpack(UnpackingLimits(ratio: 100, freeBytes: 4 << 20)).1 == nil)
  }
}
