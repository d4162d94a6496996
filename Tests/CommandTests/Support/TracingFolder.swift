import Foundation

/// A tracing folder (tracefs) made of plain files. What is written to `dynamic_events` stays there line by line, removals
/// included: all that a script did can be read from it afterwards.
struct TracingFolder {
  /// Where it is.
  let url: URL

  /// What the kernel's own README says of a kernel with kprobe events on a machine whose arguments it can name, and of one
  /// with fprobe events and BTF (kernel/trace/trace.c, readme_msg).
  enum README {
    static let registers = """
        dynamic_events\t\t- Create/append/remove/show the generic dynamic events
      \t  Format: p[:[<group>/][<event>]] <place> [<args>]
      \t          r[maxactive][:[<group>/][<event>]] <place> [<args>]
      \t fetcharg: (%<register>|$<efield>), @<address>, @<symbol>[+|-<offset>],
      \t           $stack<index>, $stack, $retval, $comm,

      """
    static let numbers = registers.replacing("$comm,\n", with: "$comm, $arg<N>,\n")
    static let names =
      numbers.replacing(
        "\t fetcharg:",
        with: "\t          f[:[<group>/][<event>]] <func-name>[%return] [<args>]\n\t fetcharg:")
      + "\t           <argname>[->field[->field|.field...]],\n"
  }

  /// - Parameters:
  ///   - events: tracepoints as `system/name`.
  ///   - readme: nil for a kernel without dynamic events.
  ///   - functions: what can be traced, in `available_filter_functions` and in `kallsyms` beside it.
  init(in folder: URL, events: [String], readme: String? = nil, functions: [String] = []) throws {
    url = folder.appendingPathComponent("tracing")
    try make("tracing_on", "1")
    try make("trace", "")
    try make("buffer_size_kb", "7 (expanded: 1408)")
    try make("options/stacktrace", "0")
    try make("events/sched/sched_switch/enable", "0")
    for event in events { try make("events/\(event)/enable", "0") }
    try make("available_filter_functions", functions.joined(separator: "\n"))
    try make(
      "kallsyms", functions.map { "ffffffff81000000 T \($0)" }.joined(separator: "\n"))
    guard let readme else { return }
    try make("README", readme)
    try make("dynamic_events", nil)
    try make("btf", "")
  }

  /// Makes a file with one line, or an empty one.
  func make(_ name: String, _ line: String?) throws {
    let file = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try (line.map { $0 + "\n" } ?? "").write(to: file, atomically: false, encoding: .utf8)
  }

  func lines(_ name: String) throws -> [String] {
    let text = try String(contentsOf: url.appendingPathComponent(name), encoding: .utf8)
    return text.split(separator: "\n").map(String.init)
  }

  /// Every file and what is in it, except `dynamic_events`.
  func state() throws -> [String: String] {
    var state: [String: String] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: url.path) where name != "dynamic_events" {
      let file = url.appendingPathComponent(name)
      if let text = try? String(contentsOf: file, encoding: .utf8) { state[name] = text }
    }
    return state
  }

  /// What a script is told so that it looks here and nowhere else.
  func environment(machine: String = "aarch64") -> [String: String] {
    [
      "TRACEFS": url.path, "BTF": url.appendingPathComponent("btf").path,
      "KALLSYMS": url.appendingPathComponent("kallsyms").path, "MACHINE": machine,
    ]
  }
}
