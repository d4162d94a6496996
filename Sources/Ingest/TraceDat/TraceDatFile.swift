import DMAModel

/// What the metadata of a trace.dat says: everything but the ring-buffer pages.
struct TraceDatFile {
  var version = 7
  var bigEndian = false
  var compression = ChunkCompression.none
  var pages = PageLayout()
  var formats: [EventCatalog.Source] = []
  var commands: [UInt8] = []
  /// Unpacked text of /proc/kallsyms, or where to find it (it is read only when call sites are wanted).
  var symbols: Section?
  var uname = ""
  var recorderVersion = ""
  var clock = ""
  var clockOptions = ""
  var cpuCount = 0
  /// Added to every time stamp, in nanoseconds (`--date`, which is recorded in microseconds, and `--ts-offset`).
  var timeOffset: Int64 = 0
  var cycles: CycleClock?
  var overruns: UInt64 = 0
  var buffers: [Buffer] = []
  /// What was wrong with the metadata; the rest was read all the same.
  var problems: [TraceError] = []
  var skippedOptions: UInt64 = 0

  /// Where a piece of metadata lies.
  struct Section {
    var offset: UInt64
    var size: UInt64
    var isCompressed: Bool
  }

  /// Conversion of time-stamp counter cycles: ns = cycles × multiplier >> shift.
  struct CycleClock: Sendable, Equatable {
    var multiplier: UInt64
    var shift: UInt64
  }

  /// The top trace buffer (empty name) or an instance.
  struct Buffer {
    var name = ""
    var clock = ""
    var pageSize = 4096
    var isCompressed = false
    var cpus: [CPUData] = []
  }

  /// One CPU's pages in the file.
  struct CPUData {
    var cpu = 0
    var offset: UInt64 = 0
    var size: UInt64 = 0
  }
}

extension TraceDatFile {
  static let magic: [UInt8] = [0x17, 0x08, 0x44] + Array("tracing".utf8)

  /// Reads the metadata of either version.
  ///
  /// - Throws: `notATrace` for another magic or version, `damaged` if not even the event formats can be read.
  init(_ source: ByteSource) throws(TraceError) {
    var window = 1 << 22
    while true {
      // Version 6 has its metadata in one row from the start; how long it is shows only in reading it.
      let count = Int(min(UInt64(window), source.size))
      let start = try source.bytes(at: 0, count: count, for: "the trace.dat header")
      do throws(TraceError) {
        self = try TraceDatFile(start: start, source)
        return
      } catch {
        guard error.kind == .damaged, UInt64(count) < source.size, window < ByteSource.allocationLimit,
          claimedVersion(start) == 6
        else { throw error }
        window *= 4
      }
    }
  }

  private init(start: [UInt8], _ source: ByteSource) throws(TraceError) {
    self.init()
    var cursor = ByteCursor(start, bigEndian: false, file: source.name, base: 0)
    _ = try cursor.take(10, "the magic")
    let versionText = try cursor.string("the version")
    guard let version = Int(versionText), version == 6 || version == 7 else {
      throw TraceError(
        .notATrace, file: source.name, offset: 10, expected: "trace.dat version 6 or 7",
        found: "version \"\(versionText.prefix(20))\"")
    }
    self.version = version
    bigEndian = try cursor.number(1, "the byte order") != 0
    cursor = ByteCursor(start, bigEndian: bigEndian, file: source.name, base: 0, at: cursor.position)
    let userLong = Int(try cursor.number(1, "the size of a long"))
    pages.longSize = userLong == 4 ? 4 : 8
    pages.bigEndian = bigEndian
    let pageSizeOffset = cursor.offset
    pages.pageSize = Int(try cursor.number(4, "the page size"))
    if version == 6 {
      try readVersion6(&cursor, source)
    } else {
      try readVersion7(&cursor, source)
    }
    separateCPUs(source.name)
    guard pages.isUsable else {
      throw TraceError(
        .damaged, file: source.name, offset: pageSizeOffset, expected: "a page size and header_page that fit",
        found: "pages of \(pages.pageSize) bytes with data at \(pages.dataOffset)")
    }
  }
}

/// The version that the first bytes claim, or nil.
private func claimedVersion(_ start: [UInt8]) -> Int? {
  start.count > 12 ? Int(start[10..<13].text) : nil
}

extension ByteCursor {
  init(_ bytes: [UInt8], bigEndian: Bool, file: String, base: UInt64, at position: Int) {
    self.init(bytes, bigEndian: bigEndian, file: file, base: base)
    self.position = position
  }
}
