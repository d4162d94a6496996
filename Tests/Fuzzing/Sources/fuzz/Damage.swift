import Foundation
import Guard

/// Files that are cut at every 64th of their length, and changed a byte at a time, always in the same way.
struct Damage {
  let path: String
  let bytes: [UInt8]
  /// Single-byte changes, beside the 64 cuts.
  let changes: Int

  static let cuts = 64
  /// Seconds that one input may take.
  static let patience: UInt32 = 5

  /// What the process that is guarded works on.
  nonisolated(unsafe) private static var current = Damage(path: "", bytes: [], changes: 0)

  private func input(_ number: Int) -> [UInt8] {
    if number < Damage.cuts { return Array(bytes.prefix(bytes.count * number / Damage.cuts)) }
    var result = bytes
    // SplitMix64: the number of the change is its seed.
    var dice = UInt64(truncatingIfNeeded: number) &* 0x9e37_79b9_7f4a_7c15
    dice = (dice ^ (dice >> 30)) &* 0xbf58_476d_1ce4_e5b9
    dice = (dice ^ (dice >> 27)) &* 0x94d0_49bb_1331_11eb
    dice ^= dice >> 31
    // Every other change goes where the metadata lies.
    let end = number % 2 == 0 ? bytes.count : min(bytes.count, 1 << 14)
    guard end > 0 else { return result }
    let place = Int(dice >> 16) % end
    result[place] ^= UInt8(dice % 255) + 1
    return result
  }

  /// Runs all inputs, and those that end the process into files in `folder`.
  ///
  /// - Returns: how many did.
  private func run(keepingIn folder: String) throws -> Int {
    let end = Damage.cuts + changes
    Damage.current = self
    var (start, failures, most, slowest) = (0, 0, 0, 0)
    while start < end {
      let run = run_guarded(start, end, Damage.patience) { number in
        Damage.current.input(number).withUnsafeBytes { Exercise.run($0) }
      }
      most = max(most, run.most_allocated)
      slowest = max(slowest, run.slowest)
      guard run.status != 0 else { break }
      failures += 1
      let name = "\(folder)/\(URL(fileURLWithPath: path).lastPathComponent)-\(run.reached)"
      try Data(input(run.reached)).write(to: URL(fileURLWithPath: name))
      let signal = run.status & 0x7f
      let reason =
        signal == SIGPROF || signal == SIGALRM
        ? "over \(Damage.patience) s" : "signal \(signal), status \(run.status >> 8)"
      say("  \(run.reached < Damage.cuts ? "cut" : "change") \(run.reached): \(reason); kept as \(name)")
      start = run.reached + 1
    }
    say(
      "\(path): \(Damage.cuts) cuts, \(changes) changes, \(failures) failures; at most "
        + "\(most >> 10) KiB beyond 4 x the input, \(slowest) ms")
    return failures
  }

  /// `damage FOLDER CHANGES FILE...`: so many changes, divided among the files.
  ///
  /// - Returns: the exit status.
  static func main(_ arguments: ArraySlice<String>) -> Int32 {
    guard arguments.count >= 3, let changes = Int(arguments[arguments.startIndex + 1]) else { return 64 }
    let files = arguments.dropFirst(2)
    var failures = 0
    for file in files {
      do {
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: file)))
        let share = (changes + files.count - 1) / files.count
        failures += try Damage(path: file, bytes: bytes, changes: share).run(
          keepingIn: arguments[arguments.startIndex])
      } catch {
        say("\(file): \(error)")
        failures += 1
      }
    }
    return failures == 0 ? 0 : 1
  }
}

private func say(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
