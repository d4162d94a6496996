import DMAModel

/// What the events of an archive say of the recording, for where the archive's own facts are missing, and what the
/// archive has lost.
struct ArchiveTally {
  /// Whether the facts at the archive's end are missing.
  private let isNeeded: Bool
  private var counts = [UInt64](repeating: 0, count: 512)
  private var firstTime = UInt64.max
  private var lastTime: UInt64 = 0
  /// Losses that the recording had, and those that the archive adds.
  private var losses = Losses()
  private var archiveLosses: UInt64 = 0

  private struct Losses {
    var events: UInt64 = 0
    var windows: UInt64 = 0
    var windowsWithoutCount: UInt64 = 0
  }

  init(isNeeded: Bool) { self.isNeeded = isNeeded }

  /// Puts a loss where a block should have been.
  mutating func noteLoss(in batch: EventBatch, from time: UInt64) {
    var event = Event()
    event.call = .lost
    event.value = Event.unknownCount
    event.time = max(time, lastTime)
    batch.append(event)
    archiveLosses &+= 1
  }

  mutating func count(_ batch: EventBatch) {
    guard batch.count > 0 else { return }
    lastTime = max(lastTime, batch.events[batch.count - 1].time)
    guard isNeeded else { return }
    for index in 0..<batch.count {
      let event = batch.events + index
      firstTime = min(firstTime, event.pointee.time)
      lastTime = max(lastTime, event.pointee.time)
      if event.pointee.call == .lost {
        note(event.pointee.value)
      } else {
        counts[Int(event.pointee.call.rawValue) * 2 + (event.pointee.flags.contains(.isReturn) ? 1 : 0)] &+= 1
      }
    }
    // The loss that stands for a block is the archive's own.
    if !batch.problems.isEmpty {
      (losses.windows, losses.windowsWithoutCount) = (losses.windows &- 1, losses.windowsWithoutCount &- 1)
    }
  }

  private mutating func note(_ count: UInt64) {
    losses.windows &+= 1
    if count == Event.unknownCount {
      losses.windowsWithoutCount &+= 1
    } else {
      losses.events &+= count
    }
  }

  /// The facts with what this has found out.
  func complete(_ closing: Recording?, _ opening: Recording) -> Recording {
    var recording = closing ?? opening
    if closing == nil {
      (recording.firstTime, recording.lastTime) = (firstTime <= lastTime ? firstTime : 0, lastTime)
      (recording.lostEvents, recording.lostWindows) = (losses.events, losses.windows)
      recording.lostWindowsWithoutCount = losses.windowsWithoutCount
      recording.eventsByName = names
    }
    recording.lostWindows &+= archiveLosses
    recording.lostWindowsWithoutCount &+= archiveLosses
    return recording
  }

  /// The events under the name that is most usual for their calls: which it was is known only at the archive's end.
  private var names: [String: UInt64] {
    var names: [String: UInt64] = [:]
    for (number, count) in counts.enumerated() where count > 0 {
      guard let call = Call(rawValue: UInt8(number / 2)) else { continue }
      let rows = EventDictionary.builtIn.filter { $0.call == call }
      let row = rows.first { $0.flags.contains(.isReturn) == (number % 2 == 1) } ?? rows.first
      names[row?.name ?? "\(call)", default: 0] &+= count
    }
    return names
  }
}
