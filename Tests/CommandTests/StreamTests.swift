import Foundation
import Testing

/// `dmascope` at the end of a pipe whose writer takes its time.
@Suite("A report on a stream") struct StreamTests {
  static let text = Fixture.path("forms/perf-nc-b.perf-script.txt.gz")
  static let variables = ["trace": text]

  @Test("shows summaries before its end, and then what the report on the file says")
  func every() throws {
    try withTemporaryFolder { folder in
      let (live, plain) = (folder.appendingPathComponent("a").path, folder.appendingPathComponent("b").path)
      let outcome = try Program.shell(
        """
        gzip -dc "$trace" | { head -c 60000; sleep 4; cat; } \
        | "$dmascope" report --every 200ms - --json \(live) --width 80
        """, environment: Self.variables)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let report = try Program.run(["report", Self.text, "--json", plain, "--width", "80"])
      let parts = outcome.text.split(separator: "--- ", omittingEmptySubsequences: true)
      #expect(parts.count >= 2 && parts.last?.prefix { $0 != "\n" }.hasSuffix("end") == true)
      #expect(parts.dropLast().allSatisfy { $0.contains("\nNow  ") && $0.contains("\nDevices") })
      #expect(!outcome.text.contains("\u{1b}"))
      // Behind the name of the input.
      func answer(_ text: String) -> Substring? {
        text.range(of: "\nCoherency").map { text[$0.lowerBound...] }
      }
      #expect(answer(report.text) != nil && answer(String(parts.last ?? "")) == answer(report.text))
      func document(_ path: String) throws -> NSDictionary {
        var outcome = outcome
        outcome.output = try Data(contentsOf: URL(fileURLWithPath: path))
        return try WrapperTests.document(outcome)
      }
      #expect(try document(live) == document(plain))
    }
  }

  @Test("is ended by an interrupt, with status 0", arguments: ["INT", "TERM"])
  func interrupt(signal: String) throws {
    for options in ["", "--every 300ms"] {
      let outcome = try Program.shell(
        """
        mkfifo "$fifo"; { cat "$trace"; exec sleep 20; } > "$fifo" &
        "$dmascope" report - \(options) < "$fifo" & pid=$!; sleep 4; kill -\(signal) $pid; wait $pid
        status=$?; kill %1 2>/dev/null; rm "$fifo"; exit $status
        """,
        environment: [
          "fifo": NSTemporaryDirectory() + "dmascope-fifo-\(UUID().uuidString)", "trace": Self.text,
        ])
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.text.contains("At the end"))
      #expect(outcome.errors.isEmpty, "\(outcome.errors)")
    }
  }

  @Test("takes memory that does not grow with its length")
  func memory() throws {
    try withTemporaryFolder { folder in
      let line =
        "  fio-280 [000] d.h1. 99.623936: dma_unmap_page: 0000:00:03.0 dir=FROM_DEVICE dma_addr=1000 size=4096 attrs="
      func peak(_ lines: Int) throws -> UInt64 {
        let fifo = folder.appendingPathComponent("fifo-\(lines)").path
        mkfifo(fifo, 0o600)
        let writer = Process()
        writer.executableURL = URL(fileURLWithPath: "/bin/sh")
        writer.arguments = ["-c", "yes '\(line)' | head -n \(lines) > '\(fifo)'"]
        try writer.run()
        let outcome = try Program.run(["report", fifo])
        writer.waitUntilExit()
        #expect(outcome.status == 0 && outcome.text.contains("events"))
        return outcome.peakMemory
      }
      let (short, long) = (try peak(20_000), try peak(200_000))
      #expect(long < short + 4 << 20, "\(short) and \(long) bytes")
    }
  }

  @Test(
    "is redrawn in place on a terminal, which is then left as it was",
    .enabled(if: Tool.exists("script"), "skipped: script is not installed"))
  func terminal() throws {
    let outcome = try Program.shell(
      """
      script -qec 'stty rows 24 cols 80; gzip -dc "$trace" | { head -c 60000; sleep 4; cat; } \
      | "$dmascope" report --every 300ms -' /dev/null < /dev/null
      """, environment: ["trace": Self.text, "TERM": "xterm", "SHELL": "/bin/sh"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let screens = outcome.text.split(separator: "\u{1b}[?2026h")
    #expect(screens.count >= 2)
    #expect(outcome.text.components(separatedBy: "\u{1b}[?1049h").count == 2)
    for screen in screens {
      let end = try #require(screen.range(of: "\u{1b}[?2026l"))
      let drawn = screen[..<end.lowerBound]
      #expect(drawn.contains("\u{1b}[?25l") && drawn.contains("\u{1b}[H"))
      #expect(drawn.split(separator: "\r\n", omittingEmptySubsequences: false).count == 24)
    }
    let end = try #require(outcome.text.range(of: "\u{1b}[?1049l", options: .backwards))
    #expect(outcome.text[..<end.lowerBound].hasSuffix("\u{1b}[?25h\u{1b}[?7h"))
    let report = outcome.text[end.upperBound...]
    #expect(report.contains("At the end") && !report.contains("\u{1b}[?"))
    #expect(outcome.text.components(separatedBy: "At the end").count == 2)
  }

  @Test(
    "has its interval checked",
    arguments: [
      ["--every", "0"], ["--every", "abc"], ["--every", "5x"], ["--every", "-1s"], ["--every", "nan"],
      ["--every", "5s", Fixture.path("nc-b.dat")], ["--every", "5s", "--json", "-"],
      ["--every", "5s", "--task", "fio"], ["--every"],
    ])
  func wrongUse(options: [String]) throws {
    let outcome = try Program.run(["report", "-"] + options)
    #expect(outcome.status == 64 && outcome.output.isEmpty, "\(outcome)")
    #expect(outcome.errors.contains("--every"))
  }

  @Test("of a file is one report", arguments: ["5s", "500ms", "1m", "2", "0.5"])
  func file(interval: String) throws {
    let path = Fixture.path("nc-b.dat")
    let outcome = try Program.run(["report", path, "--every", interval])
    #expect(outcome.status == 0)
    #expect(outcome.output == (try Program.run(["report", path])).output)
  }
}
