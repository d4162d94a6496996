import ArgumentParser
import Ingest
import ProfileFiles
import Replay
import Report

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The profiles of new runs take the place of the baseline's, all of them or none.
struct BaselineUpdate {
  /// As they are named, and where they are: links are followed, so that a link stays one.
  private let files: [(path: String, target: String)]
  /// Those of the files that are there already.
  let existing: [String]

  /// - Parameters:
  ///   - baseline: the saved profiles to be replaced, in the order of the new runs.
  ///   - runs: how many new runs there are.
  /// - Throws: `ValidationError` if these files cannot be a baseline or are not as many as the runs, `TraceError` if one
  ///   cannot be read.
  init(_ baseline: [String], runs: Int) throws {
    guard baseline.count == runs else {
      let (files, new) = (
        Formatting.count(UInt64(baseline.count), "file"), Formatting.count(UInt64(runs), "new run")
      )
      throw ValidationError(
        "--update-baseline: the baseline has \(files), and there \(runs == 1 ? "is" : "are") \(new): each new run takes the place of one"
      )
    }
    var files: [(path: String, target: String)] = []
    var existing: [String] = []
    for path in baseline {
      let name = Escaping.terminal(path)
      guard path != "-" else {
        throw ValidationError("--update-baseline: standard input cannot be replaced; name a saved profile")
      }
      var status = stat()
      guard stat(path, &status) == 0 else {
        files.append((path, path))
        continue
      }
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw ValidationError("--update-baseline: \(name) is no file")
      }
      guard try Input(path: path).isSavedProfile else {
        throw ValidationError(
          """
          --update-baseline: \(name) is a recording, not a saved profile, and would be lost. Let the baseline be one: \
          dmascope report \(name) --save base.dmaprof
          """)
      }
      existing.append(path)
      files.append((path, BaselineUpdate.resolved(path)))
    }
    guard Set(files.map(\.target)).count == files.count else {
      throw ValidationError("--update-baseline: the baseline names one file twice")
    }
    (self.files, self.existing) = (files, existing)
  }

  /// - Throws: `OutputError` if one of the new runs could be read only in part.
  func refuseIncomplete(_ profiles: [Profile], allowed: Bool) throws {
    guard !allowed, let profile = profiles.first(where: \.recording.isIncomplete) else { return }
    throw OutputError(
      status: .incompleteInput,
      description:
        "--update-baseline: a part of \(profile.recording.path) could not be read, nothing is written (--allow-incomplete takes it all the same)"
    )
  }

  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  /// Writes a profile for each file.
  ///
  /// - Returns: what was done, a line each.
  /// - Throws: `OutputError` and `ProfileFileError`; the old files are there then.
  func write(_ profiles: [Profile]) throws -> [String] {
    var output = FileReplacement()
    var lines: [String] = []
    for (file, profile) in zip(files, profiles) {
      let bytes = try ProfileFile.packed(profile)
      let isNew = !existing.contains(file.path)
      try output.add(bytes, to: file.target)
      let size = Formatting.bytes(UInt64(bytes.count))
      let words = isNew ? "a new baseline" : "the baseline"
      lines.append("\(file.path): wrote \(words), \(size), from \(profile.recording.path)")
    }
    try output.commit()
    return lines
  }
}

/// Files that take the place of others together: all of them or none.
struct FileReplacement: ~Copyable {
  private var files: [(path: String, partial: String, old: String?)] = []

  /// Writes what will be at `path`, beside it.
  ///
  /// - Throws: `OutputError` if it cannot be written.
  mutating func add(_ bytes: [UInt8], to path: String) throws {
    let number = "\(getpid())-\(files.count)"
    let partial = path + ".new-\(number)"
    do { try Output.write(bytes, to: partial) } catch let error as OutputError {
      let words = error.description.split(separator: partial, maxSplits: 1, omittingEmptySubsequences: false)
      throw OutputError(status: error.status, description: words.joined(separator: path))
    }
    files.append((path, partial, access(path, F_OK) == 0 ? path + ".old-\(number)" : nil))
  }

  /// Puts all of them in their places; where that fails for one, those before it are taken back.
  ///
  /// - Throws: `OutputError` if it fails.
  consuming func commit() throws {
    for (index, file) in files.enumerated() {
      // A link, so that there is a file at the place at any time, where the file system has such.
      let isKept = file.old.map { link(file.path, $0) == 0 || rename(file.path, $0) == 0 } ?? true
      if isKept, rename(file.partial, file.path) == 0 { continue }
      let reason = String(cString: strerror(errno))
      if isKept, let old = file.old { rename(old, file.path) }
      for done in files[..<index].reversed() {
        if let old = done.old { rename(old, done.path) } else { unlink(done.path) }
      }
      throw OutputError(
        status: .cannotCreate, description: "\(file.path): cannot be replaced: \(reason); nothing was changed"
      )
    }
    for file in files { if let old = file.old { unlink(old) } }
    files = []
  }

  deinit {
    for file in files { unlink(file.partial) }
  }
}
