import DMAModel
import Testing

@testable import Replay

/// Real recordings of lawful drivers with one call changed: the finding for it, at its device, and no other grave one.
@Suite("Real recordings with one thing wrong")
struct MutatedRecordingTests {
  struct Change: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var rule: Int
    var applies: @Sendable (Event) -> Bool
    var apply: @Sendable (Event) -> [Event]
  }

  private static func changed(_ event: Event, _ change: (inout Event) -> Void) -> [Event] {
    var event = event
    change(&event)
    return [event]
  }

  static let changes: [Change] = [
    Change(testDescription: "an unmap twice", rule: 202) {
      $0.call == .unmapPage && $0.direction == .fromDevice
    } apply: {
      [$0, $0]
    },
    Change(testDescription: "another size", rule: 203) {
      $0.call == .unmapPage && $0.direction == .fromDevice
    } apply: {
      changed($0) { $0.size += 64 }
    },
    Change(testDescription: "another direction", rule: 204) {
      $0.call == .unmapPage && $0.direction == .fromDevice
    } apply: {
      changed($0) { $0.direction = .bidirectional }
    },
    Change(testDescription: "a coherent block freed with another size", rule: 602) {
      $0.call == .free && $0.value != 0
    } apply: {
      changed($0) { $0.size += 4096 }
    },
    Change(testDescription: "a coherent block freed with interrupts off", rule: 601) {
      $0.call == .free && $0.value != 0
    } apply: {
      changed($0) { $0.context.insert(.irqsOff) }
    },
  ]

  @Test("are found out", arguments: ["noncoherent.dat", "iommu-strict.dat", "mask32-6g.dat"], changes)
  func change(fixture: String, change: Change) throws {
    let recording = try FixtureEvents(fixture)
    #expect(recording.findings().filter(\.isGrave).isEmpty)
    let candidates = recording.events.indices.filter { change.applies(recording.events[$0]) }
    #expect(candidates.count > 20)
    for index in stride(from: 0, to: candidates.count, by: max(1, candidates.count / 12)).map({
      candidates[$0]
    }) {
      var events = recording.events
      events.replaceSubrange(index...index, with: change.apply(events[index]))
      let device = recording.trace.names[events[index].device]
      let found = Set(recording.findings(events).filter(\.isGrave).map(\.place))
      #expect(found == ["DMA\(change.rule) \(device)"], "event \(index)")
    }
  }
}
