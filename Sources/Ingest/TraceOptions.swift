/// How an input is to be read.
public struct TraceOptions: Sendable {
  /// The largest window of a zstd frame, in bytes: what its decoder has to keep in memory. `zstd --long` makes frames
  /// that need more than the usual 8 MiB.
  public var zstdWindow: UInt64 = 128 << 20

  /// Rows of the event dictionary that go before the built-in ones.
  public var events: [EventDictionary.Row] = []

  /// Where the formats of events are for a recording that lacks them: a trace.dat or perf.data of the same kernel, or a
  /// copy of the folder `events` of its tracefs.
  public var formats: String?

  /// Whether the trace may have to be read again (`Trace.rewound`): then streams go into a temporary file first. If not,
  /// formats that can be read in order are read as they come; a writer that is faster waits.
  public var mayRewind = true

  /// What ends the reading of a stream from outside.
  public var wakeup: StreamWakeup?

  /// Nanoseconds after which `Trace.forEachRun` hands out an empty run if a stream has nothing to give; nil: never.
  public var heartbeat: UInt64?

  /// All rows of the event dictionary that count.
  var dictionary: EventDictionary { EventDictionary(adding: events) }

  public init() {}
}
