import Foundation
import Testing

/// `dmascope events -`, of which every step is taken by the test.
private final class Listing {
  private let process = Process()
  private let (input, output) = (Pipe(), Pipe())
  private var text = ""

  init(_ options: [String] = []) throws {
    process.executableURL = URL(fileURLWithPath: Program.path)
    process.arguments = ["events", "-"] + options
    (process.standardInput, process.standardOutput) = (input, output)
    try process.run()
    let running = process
    DispatchQueue.global().asyncAfter(deadline: .now() + Program.patience) {
      if running.isRunning { kill(running.processIdentifier, SIGKILL) }
    }
  }

  func put(_ data: Data) { input.fileHandleForWriting.write(data) }

  /// What has been written once it has so many lines, or the program has ended.
  func lines(_ count: Int) -> [String] {
    while text.count(where: { $0 == "\n" }) < count {
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { break }
      text += String(decoding: more, as: UTF8.self)
    }
    return text.split(separator: "\n").map(String.init)
  }

  /// All that was written, and the exit status.
  func end() -> (text: String, status: Int32) {
    try? input.fileHandleForWriting.close()
    text += String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (text, process.terminationStatus)
  }
}

@Suite("Listing the calls of a stream") struct EventsStreamTests {
  static func line(_ time: Int, task: String = "fio", pid: Int = 280) -> String {
    "  \(task)-\(pid) [000] d.h1. \(time).000000: dma_unmap_page: 0000:00:03.0 dir=FROM_DEVICE dma_addr=1000 size=4096 attrs=\n"
  }

  @Test("shows trace text as it comes, the last line included")
  func text() throws {
    let listing = try Listing()
    for step in 1...3 {
      listing.put(Data((Self.line(10 * step) + Self.line(10 * step + 1)).utf8))
      let lines = listing.lines(2 * step)
      #expect(lines.count == 2 * step)
      #expect(lines.last?.hasPrefix("    \(10 * step + 1).000000000 [000] fio-280 ") == true)
    }
    #expect(listing.end().status == 0)
  }

  @Test("shows JSON Lines as they come, and in the end what the listing of the file shows")
  func jsonLines() throws {
    let json = try Program.run(["events", Fixture.path("nc-b.dat"), "--format", "jsonl", "-n", "200"]).output
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("file").path
      try json.write(to: URL(fileURLWithPath: file))
      let whole = try Program.run(["events", file]).text
      let listing = try Listing()
      listing.put(json.dropLast(json.count / 20))
      let (early, all) = (listing.lines(100).count, whole.count { $0 == "\n" })
      #expect(early >= 100 && early < all)
      listing.put(json.suffix(json.count / 20))
      let end = listing.end()
      #expect(end.status == 0 && end.text == whole)
    }
  }

  @Test("of perf's pipe mode is that of the file, modules and tasks included")
  func perf() throws {
    let path = Fixture.path("forms/perf-pipe.data")
    let whole = try Program.run(["events", path])
    let stream = try Program.shell("cat \"$trace\" | \"$dmascope\" events -", environment: ["trace": path])
    #expect(stream.status == 0 && stream.output == whole.output)
    #expect(whole.text.count { $0 == "\n" } > 1000)
    // The first frames are dma_map_page_attrs+0x189 at ffffffffa019c7a9, and one in nvme.
    let stacks = try Program.run(["events", Fixture.path("forms/perf-g.data"), "-n", "1"]).text
    #expect(stacks.contains("\n        [kernel]+0x19c7a9\n        [nvme]+0x28d5\n"))
  }

  @Test("chooses by time since the first event, and by the name that a task has by then")
  func filters() throws {
    let listing = try Listing(["--from", "+1", "--task", "n*", "--format", "csv"])
    listing.put(Data((Self.line(5) + Self.line(6, task: "nvme", pid: 9) + Self.line(7)).utf8))
    #expect(listing.lines(2).count == 2)
    listing.put(Data((Self.line(8, task: "nfs", pid: 280) + Self.line(9, task: "nvme", pid: 9)).utf8))
    let end = listing.end()
    let rows = end.text.split(separator: "\n").dropFirst().map { $0.split(separator: ",").prefix(4) }
    #expect(
      rows == [
        ["6.000000000", "0", "9", "nvme"], ["8.000000000", "0", "280", "nfs"],
        ["9.000000000", "0", "9", "nvme"],
      ])
    #expect(end.status == 0)
  }

  @Test("is ended by an interrupt with status 0, and by its limit while the writer goes on")
  func ends() throws {
    let outcome = try Program.shell(
      """
      mkfifo "$fifo"; { printf %s "$line"; exec sleep 20; } > "$fifo" &
      "$dmascope" events - < "$fifo" & pid=$!; sleep 2; kill -INT $pid; wait $pid
      status=$?; kill %1 2>/dev/null; rm "$fifo"; exit $status
      """,
      environment: [
        "fifo": NSTemporaryDirectory() + "dmascope-fifo-\(UUID().uuidString)", "line": Self.line(1),
      ])
    #expect(outcome.status == 0 && outcome.text.count { $0 == "\n" } == 1, "\(outcome)")
    let limited = try Listing(["-n", "2"])
    limited.put(Data((1...9).map { Self.line($0) }.joined().utf8))
    #expect(limited.lines(10).count == 2)
    #expect(limited.end().status == 0)
  }

  @Test("takes memory that does not grow with its length")
  func memory() throws {
    try withTemporaryFolder { folder in
      func peak(_ lines: Int) throws -> UInt64 {
        let fifo = folder.appendingPathComponent("fifo-\(lines)").path
        mkfifo(fifo, 0o600)
        let writer = Process()
        writer.executableURL = URL(fileURLWithPath: "/bin/sh")
        writer.arguments = ["-c", "yes '\(Self.line(1).dropLast())' | head -n \(lines) > '\(fifo)'"]
        try writer.run()
        let outcome = try Program.run(["events", fifo], output: "/dev/null")
        writer.waitUntilExit()
        #expect(outcome.status == 0)
        return outcome.peakMemory
      }
      let (short, long) = (try peak(10_000), try peak(100_000))
      #expect(long < short + 4 << 20, "\(short) and \(long) bytes")
    }
  }
}
