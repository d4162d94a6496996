import DMAModel
import Foundation
import Testing

@testable import Ingest

/// A pipe whose writer is the test itself, step by step, so that nothing depends on who is faster.
private final class Writer {
  let path: String
  private let pipe = Pipe()

  init(_ text: String) {
    path = "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)"
    put(text)
  }

  func put(_ text: String) { pipe.fileHandleForWriting.write(Data(text.utf8)) }
  func end() { try? pipe.fileHandleForWriting.close() }

  func open(_ wakeup: StreamWakeup? = nil) throws -> Trace {
    var options = TraceOptions()
    (options.mayRewind, options.heartbeat, options.wakeup) = (false, 20_000_000, wakeup)
    return try Trace(path: path, options: options)
  }
}

@Suite("A stream") struct StreamTests {
  static func line(_ time: Int) -> String {
    "  fio-280 [000] d.h1. \(time).000000: dma_unmap_page: 0000:00:03.0 dir=FROM_DEVICE dma_addr=1000 size=4096 attrs=\n"
  }

  static let frames =
    "  fio-280 [000] d.h1. 3.000000: kernel_stack: <stack trace>\n => dma_unmap_page_attrs\n => nvme_unmap_data\n"

  @Test("gives the events that have come while it goes on, and keeps half a line until it has ended")
  func halfLine() throws {
    let writer = Writer(Self.line(1) + Self.line(2) + Self.line(3).prefix(50))
    let trace = try writer.open()
    #expect(trace.isStream)
    var steps: [[UInt64]] = []
    trace.forEachRun { events, _ in
      // Before anything has been read there is nothing to give.
      if steps.isEmpty, events.isEmpty { return true }
      steps.append(events.indices.map { events[$0].time / 1_000_000_000 })
      if steps.count == 2 {
        #expect(trace.recording().eventsByName == ["dma_unmap_page": 2])
        writer.put(String(Self.line(3).dropFirst(50)))
        writer.end()
      }
      return true
    }
    // Two events, nothing for a while, and the third.
    #expect(steps.prefix(2) == [[1, 2], []])
    #expect(steps.flatMap { $0 } == [1, 2, 3])
    #expect(trace.recording().problems.isEmpty)
  }

  @Test("holds an event back whose call stack may yet come")
  func lateStack() throws {
    let writer = Writer(Self.line(1) + Self.frames + Self.line(2))
    let trace = try writer.open()
    var (events, hadPause): ([Event], Bool) = ([], false)
    trace.forEachRun { run, _ in
      for index in run.indices { events.append(run[index]) }
      if !hadPause, !events.isEmpty, run.isEmpty {
        hadPause = true
        #expect(events.map(\.time) == [1_000_000_000])
        writer.put(Self.frames + Self.line(4))
        writer.end()
      }
      return true
    }
    #expect(hadPause && events.count == 3)
    // The first event's stack tells that there are any: what it comes after may be handed over before.
    #expect(events[1].stack != 0 && events[2].stack == 0)
    #expect(trace.stacks[events[1].stack].count == 2)
  }

  @Test("does not wait for ever for a stack that does not come")
  func missingStack() throws {
    let writer = Writer(Self.line(1) + Self.frames + Self.line(2))
    let trace = try writer.open()
    var times: [UInt64] = []
    trace.forEachRun { run, _ in
      for index in run.indices { times.append(run[index].time / 1_000_000_000) }
      // With the writer still there.
      return times.count < 2
    }
    #expect(times == [1, 2])
  }

  @Test("that is ended from outside is whole, whatever is half there")
  func stop() throws {
    let wakeup = StreamWakeup()
    let writer = Writer(Self.line(1) + "  fio-280 [000] d.h1. 2.0")
    let trace = try writer.open(wakeup)
    var count = 0
    trace.forEachRun { events, _ in
      count += events.count
      if events.isEmpty { wakeup.stop() }
      return true
    }
    #expect(count == 1)
    #expect(trace.recording().problems.isEmpty)
  }

  @Test("whose writer dies within a line says so, and gives what came before")
  func cutLine() throws {
    let writer = Writer(Self.line(1) + "  fio-280 [000] d.h1. 2.0000")
    writer.end()
    let reading = Reading(try writer.open())
    #expect(reading.events.map(\.time) == [1_000_000_000])
    #expect(reading.recording.problems.count == 1)
    #expect(reading.recording.problems.first?.hasPrefix("at byte \(Self.line(1).utf8.count) ") == true)
  }

  /// The bytes in small pieces, with pauses at odd places.
  static let forms = [
    "forms/pipe.txt.zst", "forms/ftrace.txt.zst", "forms/perf-g.script.txt.zst", "forms/perf-pipe.data",
    "forms/perf-pipe-plain.data", "forms/perf-nc-b.perf-script.txt.gz", "nc-b.dat", "forms/perf-z.data",
  ]

  @Test("is read as the file is, whatever its form", arguments: forms)
  func sameAsFile(name: String) throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("fixtures/\(name)").path
    let file = Reading(try Trace(path: path))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c",
      "{ head -c 3; sleep 0.03; head -c 4999; sleep 0.03; head -c 70001; sleep 0.03; cat; } < '\(path)'",
    ]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    var options = TraceOptions()
    options.mayRewind = false
    let trace = try Trace(path: "/dev/fd/\(output.fileHandleForReading.fileDescriptor)", options: options)
    let isSpooled = name.hasSuffix(".dat") || name == "forms/perf-z.data"
    #expect(trace.isStream != isSpooled)
    let reading = Reading(trace)
    process.waitUntilExit()
    #expect(reading.recording.eventsByName == file.recording.eventsByName)
    #expect(reading.recording.format == file.recording.format && reading.recording.problems.isEmpty)
    #expect(reading.recording.taskNames == file.recording.taskNames)
    #expect(reading.recording.kernel == file.recording.kernel)
    #expect(reading.events.count == file.events.count && !file.events.isEmpty)
    for (one, other) in zip(reading.events, file.events) {
      #expect(one.time == other.time && one.call == other.call && one.address == other.address)
      #expect((one.stack == 0) == (other.stack == 0))
    }
  }

  @Test("in zstd that breaks off gives what came before, and says so")
  func cutFrame() throws {
    let text = (1...40_000).map(Self.line).joined()
    let frame = zstdFrame(Array(text.utf8))
    let pipe = Pipe()
    let cut = Data(frame.dropLast(frame.count / 3))
    let thread = Thread {
      pipe.fileHandleForWriting.write(cut)
      try? pipe.fileHandleForWriting.close()
    }
    thread.start()
    var options = TraceOptions()
    options.mayRewind = false
    let reading = Reading(
      try Trace(path: "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)", options: options))
    #expect(reading.events.count > 1000 && reading.events.count < 40_000)
    #expect(reading.recording.problems.count == 1)
    #expect(reading.recording.problems.first?.contains("zstd frame") == true)
  }

  @Test("cannot be rewound, unless that was asked for before")
  func rewinding() throws {
    let writer = Writer(Self.line(1))
    writer.end()
    let trace = try writer.open()
    #expect(throws: TraceError.self) { try trace.rewound() }
    let other = Writer(Self.line(1))
    other.end()
    let spooled = try Trace(path: other.path)
    #expect(!spooled.isStream && Reading(spooled).events.count == 1)
    #expect(Reading(try spooled.rewound()).events.count == 1)
  }
}
