#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Event formats from somewhere else than the recording: another recording of the same kernel, or a copy of the folder
/// `events` of its tracefs.
enum FormatFile {
  /// A folder has so many systems, and a system so many events, at most.
  private static let folderLimit = 1 << 14
  /// Bytes of one format file; the kernel's are smaller than one page, with few exceptions.
  private static let textLimit = 1 << 20

  /// What a trace.dat, a perf.data or a folder says of events and of the machine that has them.
  ///
  /// - Throws: `TraceError` if there is no such file or folder, or no formats are in it.
  static func read(_ path: String, _ options: TraceOptions) throws(TraceError) -> TraceDatFile {
    var status = stat()
    let result: TraceDatFile
    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      result = try folder(path)
    } else {
      result = try recording(path, options)
    }
    guard !result.formats.isEmpty else {
      throw TraceError(.notATrace, file: path, expected: "formats of events", found: "none")
    }
    return result
  }

  private static func recording(_ path: String, _ options: TraceOptions) throws(TraceError) -> TraceDatFile {
    let source = try openInput(path, options).randomAccess()
    let start = try source.prefix(16)
    if start.starts(with: TraceDatFile.magic) { return try TraceDatFile(source) }
    guard PerfHeader.detect(start) else {
      throw TraceError(
        .notATrace, file: path, offset: 0,
        expected: "a trace.dat, a perf.data, or a copy of tracefs' events folder",
        found: "another kind of file")
    }
    let header = try PerfReader.header(source)
    guard let tracing = header.tracing else {
      throw TraceError(
        .notATrace, file: path, offset: 0, expected: "a perf.data with the formats of tracepoints",
        found: "none")
    }
    return tracing
  }

  /// `SYSTEM/EVENT/format`, and `header_page` beside the systems.
  private static func folder(_ path: String) throws(TraceError) -> TraceDatFile {
    var result = TraceDatFile()
    let inner = path + "/events"
    let root = entries(inner).isEmpty ? path : inner
    if let page = try? WholeFile.bytes(root + "/header_page", limit: textLimit) {
      result.pages = PageLayout(headerPage: page.text, pageSize: 4096, bigEndian: false)
    }
    for system in entries(root) {
      for event in entries("\(root)/\(system)") {
        guard result.formats.count < 1 << 16,
          let text = try? WholeFile.bytes("\(root)/\(system)/\(event)/format", limit: textLimit)
        else { continue }
        result.formats.append(EventCatalog.Source(system: system, text: text[...]))
      }
    }
    return result
  }

  /// The names in a folder, sorted; empty if it is none.
  private static func entries(_ path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while names.count < folderLimit, let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }
}
