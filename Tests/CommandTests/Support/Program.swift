import Foundation

/// Runs the built `dmascope` as a user would, and says all that can be seen from outside.
struct Program {
  /// How a run ended.
  struct Outcome {
    /// The exit status; nil if a signal ended the run.
    var status: Int32?
    var signal: Int32?
    /// Whether it had to be stopped because it took too long.
    var timedOut = false
    var output: Data
    var errors: String
    /// The most memory that was seen to be resident, in bytes.
    var peakMemory: UInt64

    var text: String { String(decoding: output, as: UTF8.self) }
  }

  /// Enough for any fixture many times over, also on a busy machine.
  static let patience: TimeInterval = 120

  /// The program beside the test bundle, wherever that was built.
  static let path: String = {
    let manager = FileManager.default
    var folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    if let bundle = CommandLine.arguments.first(where: { $0.contains(".xctest") }) {
      folder = URL(fileURLWithPath: bundle).deletingLastPathComponent()
    }
    let besides = folder.appendingPathComponent("dmascope").path
    if manager.isExecutableFile(atPath: besides) { return besides }
    return Fixture.root.appendingPathComponent(".build/debug/dmascope").path
  }()

  /// Runs `dmascope` with `arguments`.
  ///
  /// - Parameters:
  ///   - input: a file for standard input; empty input if nil.
  ///   - output: a file or device for standard output instead of what `Outcome.output` returns.
  static func run(
    _ arguments: [String], input: String? = nil, output: String? = nil, environment: [String: String] = [:]
  ) throws -> Outcome {
    try run(program: path, arguments, input: input, output: output, environment: environment)
  }

  /// Runs a shell command in which `$dmascope` is the program.
  static func shell(_ command: String, environment: [String: String] = [:]) throws -> Outcome {
    try run(
      program: "/bin/sh", ["-c", command],
      environment: environment.merging(["dmascope": path]) { mine, _ in mine })
  }

  private static func run(
    program: String, _ arguments: [String], input: String? = nil, output: String? = nil,
    environment: [String: String]
  ) throws -> Outcome {
    try withTemporaryFolder { folder in
      let outputPath = output ?? folder.appendingPathComponent("out").path
      let errorPath = folder.appendingPathComponent("err").path
      var actions = posix_spawn_file_actions_t()
      posix_spawn_file_actions_init(&actions)
      defer { posix_spawn_file_actions_destroy(&actions) }
      posix_spawn_file_actions_addopen(&actions, 0, input ?? "/dev/null", O_RDONLY, 0)
      posix_spawn_file_actions_addopen(&actions, 1, outputPath, O_WRONLY | O_CREAT, 0o600)
      posix_spawn_file_actions_addopen(&actions, 2, errorPath, O_WRONLY | O_CREAT, 0o600)
      // The threads that tests run on block signals, and children inherit that.
      var attributes = posix_spawnattr_t()
      posix_spawnattr_init(&attributes)
      defer { posix_spawnattr_destroy(&attributes) }
      var noSignals = sigset_t()
      sigemptyset(&noSignals)
      posix_spawnattr_setsigmask(&attributes, &noSignals)
      posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
      var variables = ProcessInfo.processInfo.environment
      variables["NO_COLOR"] = nil
      variables.merge(environment) { _, new in new }
      let pid = try withCStrings([program] + arguments) { arguments in
        try withCStrings(variables.map { "\($0.key)=\($0.value)" }) { variables in
          var pid: pid_t = 0
          let failure = posix_spawn(&pid, program, &actions, &attributes, arguments, variables)
          guard failure == 0 else { throw POSIXError(POSIXErrorCode(rawValue: failure) ?? .EIO) }
          return pid
        }
      }
      var result = wait(for: pid)
      if output == nil { result.output = try Data(contentsOf: URL(fileURLWithPath: outputPath)) }
      result.errors = String(decoding: try Data(contentsOf: URL(fileURLWithPath: errorPath)), as: UTF8.self)
      return result
    }
  }

  private static func wait(for pid: pid_t) -> Outcome {
    let end = Date(timeIntervalSinceNow: patience)
    var outcome = Outcome(output: Data(), errors: "", peakMemory: 0)
    var status: Int32 = 0
    // What the kernel reports of a child at its end includes the memory of the process that spawned it.
    while waitpid(pid, &status, WNOHANG) == 0 {
      outcome.peakMemory = max(outcome.peakMemory, residentPeak(of: pid))
      if !outcome.timedOut, Date() > end {
        outcome.timedOut = true
        kill(pid, SIGKILL)
      }
      usleep(2_000)
    }
    let signal = status & 0x7f
    if signal == 0 { outcome.status = (status >> 8) & 0xff } else { outcome.signal = signal }
    return outcome
  }
}

/// The most memory that a running process has had resident so far, in bytes; 0 if it is gone.
private func residentPeak(of pid: pid_t) -> UInt64 {
  guard let text = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8),
    let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
  else { return 0 }
  return UInt64(line.filter(\.isNumber)).map { $0 * 1024 } ?? 0
}

/// Calls `body` with a null-terminated array of C strings.
private func withCStrings<Result>(
  _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) throws -> Result
) rethrows -> Result {
  let copies = strings.map { strdup($0) } + [nil]
  defer { for copy in copies { free(copy) } }
  return try body(copies)
}

/// Calls `body` with a folder of its own, and removes it afterwards.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("dmascope-tests-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}
