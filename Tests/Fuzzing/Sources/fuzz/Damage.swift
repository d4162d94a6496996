import Foundation
import Guard

/// Files that are cut at every 64th of their length, and changed a byte at a time, always in the same way.
struct Damage {
  let path: String
  let bytes: [UInt8]
  /// Single-byte changes, beside the 64 cuts. Archives are changed so many times more with their checksums put right.
  let changes: Int

  static let cuts = 64

  /// What all files of a run have come to.
  private struct Sum {
    var files = 0
    var cuts = 0
    var changes = 0
    var failures = 0
    /// Bytes beyond 4 x the input.
    var most = 0
    /// Milliseconds of processor time, and the file.
    var slowest = 0
    var slowestInput = ""
  }

  /// What the process that is guarded works on.
  nonisolated(unsafe) private static var current = Damage(path: "", bytes: [], changes: 0)

  private var isArchive: Bool { bytes.withUnsafeBytes { SealedArchive.isOne($0) } }
  private var count: Int { Damage.cuts + (isArchive ? 2 : 1) * changes }

  private func input(_ number: Int) -> [UInt8] {
    if number < Damage.cuts { return Array(bytes.prefix(bytes.count * number / Damage.cuts)) }
    let isSealed = number >= Damage.cuts + changes
    let change = isSealed ? number - changes : number
    var result = bytes
    // SplitMix64: the number of the change is its seed.
    var dice = UInt64(truncatingIfNeeded: change) &* 0x9e37_79b9_7f4a_7c15
    dice = (dice ^ (dice >> 30)) &* 0xbf58_476d_1ce4_e5b9
    dice = (dice ^ (dice >> 27)) &* 0x94d0_49bb_1331_11eb
    dice ^= dice >> 31
    // Every other change goes where the metadata lies.
    let end = change % 2 == 0 ? bytes.count : min(bytes.count, 1 << 14)
    guard end > 0 else { return result }
    let place = Int(dice >> 16) % end
    result[place] ^= UInt8(dice % 255) + 1
    if isSealed { result.withUnsafeMutableBytes { SealedArchive.seal($0) } }
    return result
  }

  /// Runs all inputs, and puts those that end the process into files in `folder`.
  private func run(keepingIn folder: String, _ sum: inout Sum) throws {
    Damage.current = self
    var start = 0
    while start < count {
      let run = run_guarded(start, count, UInt32(Exercise.patience)) { number in
        Damage.current.input(number).withUnsafeBytes { Exercise.run($0) }
      }
      sum.most = max(sum.most, run.most_allocated)
      if run.slowest > sum.slowest {
        (sum.slowest, sum.slowestInput) = (run.slowest, "\(name(run.slowest_number)) of \(path)")
      }
      guard run.status != 0 else { break }
      sum.failures += 1
      let file = "\(folder)/\(URL(fileURLWithPath: path).lastPathComponent)-\(run.reached)"
      try Data(input(run.reached)).write(to: URL(fileURLWithPath: file))
      let signal = run.status & 0x7f
      let reason =
        signal == SIGPROF || signal == SIGALRM
        ? "over \(Exercise.patience) s" : "signal \(signal), status \(run.status >> 8)"
      say("  \(name(run.reached)) of \(path): \(reason); kept as \(file)")
      start = run.reached + 1
    }
    sum.files += 1
    sum.cuts += Damage.cuts
    sum.changes += count - Damage.cuts
  }

  private func name(_ number: Int) -> String { (number < Damage.cuts ? "cut" : "change") + " \(number)" }

  /// `damage FOLDER CHANGES FILE... [-- CHANGES FILE...]`: so many changes, divided among the files before the next `--`.
  ///
  /// - Returns: the exit status.
  static func main(_ arguments: ArraySlice<String>) -> Int32 {
    guard let folder = arguments.first, arguments.count >= 3 else { return 64 }
    var sum = Sum()
    for group in arguments.dropFirst().split(separator: "--") {
      guard let changes = group.first.flatMap({ Int($0) }) else { return 64 }
      let files = group.dropFirst()
      for file in files {
        do {
          let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: file)))
          let share = (changes + files.count - 1) / files.count
          try Damage(path: file, bytes: bytes, changes: share).run(keepingIn: folder, &sum)
        } catch {
          say("\(file): \(error)")
          sum.failures += 1
        }
      }
    }
    say(
      "  \(sum.files) files, \(sum.cuts) cuts, \(sum.changes) changes: \(sum.failures) failures; at most "
        + "\(sum.most >> 10) KiB beyond 4 x the input, \(sum.slowest) ms (\(sum.slowestInput))")
    return sum.failures == 0 ? 0 : 1
  }
}

private func say(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
