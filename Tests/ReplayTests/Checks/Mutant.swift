import DMAModel

@testable import Replay

/// A legal program with one thing wrong, and the finding that this should give.
struct Mutant {
  let program: LegalProgram
  var events: [Event]
  var segments: [UInt64]
  var random: SplitMix64
  var rule: Int
  /// The name of the device that the finding is about, and the time of the call that it names; nil for any call.
  var device = ""
  var time: UInt64?
  /// The device that a call was taken from, if it was given to another.
  private(set) var deprived = ""

  init(_ program: LegalProgram, seed: UInt64, rule: Int) {
    (self.program, events, segments) = (program, program.events, program.segments)
    (random, self.rule) = (SplitMix64(seed: seed), rule)
  }

  typealias Thing = LegalProgram.Thing

  // MARK: Choosing

  /// A random thing of one of these kinds that is released; nil if there is none.
  mutating func pick(
    _ kinds: Thing.Kind..., where condition: (LegalProgram, Thing) -> Bool = { _, _ in true }
  ) -> Thing? {
    let things = program.things
    let start = Int.random(in: things.indices, using: &random)
    return (things[start...] + things[..<start]).first {
      kinds.contains($0.kind) && $0.release != nil && condition(program, $0)
    }
  }

  /// A device that is at work when an event comes, and never had anything at this address.
  mutating func stranger(to address: UInt64, at event: Int) -> Int? {
    let things = program.things
    let busy = Set(things.lazy.filter { $0.make < event && $0.end > event }.map(\.device)).sorted()
    return busy.shuffled(using: &random).first { other in
      !things.contains { thing in
        thing.device == other
          && (program.key(thing) == address || thing.ranges.contains { $0.contains(address) })
      }
    }
  }

  // MARK: Changing

  /// Changes an event, which is then the one that a finding names.
  mutating func change(_ event: Int, _ body: (inout Event) -> Void) {
    body(&events[event])
    expect(event)
  }

  mutating func expect(_ event: Int) {
    time = events[event].time
    if device.isEmpty { device = program.names[events[event].device] }
  }

  /// Puts an event behind another, as the one that a finding names.
  mutating func insert(_ event: Event, after place: Int) {
    var event = event
    event.time = events[place].time + 1
    events.insert(event, at: place + 1)
    expect(place + 1)
  }

  /// Takes away the release of a thing: it leaks.
  mutating func leak(_ thing: Thing) {
    expectLeak(thing)
    events.remove(at: thing.release!)
  }

  private mutating func expectLeak(_ thing: Thing) {
    guard let end = program.unbinding(of: thing) else {
      rule = Rule.liveAtEnd.number
      return expect(thing.make)
    }
    expect(end)
  }

  /// Makes an event be of another device.
  mutating func hand(_ event: Int, to other: Int) {
    deprived = program.names[events[event].device]
    device = program.devices[other].name
    let id = program.names.intern(device)
    change(event) { $0.device = id }
  }

  /// Gives an event other arrays.
  mutating func setSegments(_ event: Int, physical: [UInt64], bus: [UInt64] = [], lengths: [UInt64] = []) {
    events[event].segments = UInt32(segments.count)
    segments += physical + bus + lengths
    events[event].physicalCount = UInt16(physical.count)
    events[event].busCount = UInt16(bus.count)
  }

  /// The arrays of an event.
  func arrays(_ event: Event) -> (physical: [UInt64], bus: [UInt64], lengths: [UInt64]) {
    let (start, physical, bus) = (Int(event.segments), Int(event.physicalCount), Int(event.busCount))
    return (
      Array(segments[start..<start + physical]), Array(segments[start + physical..<start + physical + bus]),
      Array(segments[start + physical + bus..<start + physical + 2 * bus])
    )
  }

  /// Another direction.
  mutating func turned(_ direction: Direction) -> Direction {
    Direction.transfers.filter { $0 != direction }.randomElement(using: &random)!
  }
}

extension LegalProgram {
  /// The address that a release of the thing names.
  func key(_ thing: Thing) -> UInt64 {
    guard thing.kind == .list else { return thing.ranges.first?.lowerBound ?? thing.cpuAddress }
    return machine.recordsHandles ? thing.cpuAddress : thing.physical[0]
  }

  /// Whether all that the device has mapped or allocated between two events lies apart from the thing.
  ///
  /// Memory that a device only reads may be mapped several times. A call that is wrong for one of these mappings may be
  /// right for another, which then has the wrong end: nothing can tell, and the finding may come later or name another
  /// rule.
  func isAlone(_ thing: Thing, from start: Int, to end: Int? = nil) -> Bool {
    !things.contains { other in
      guard other.number != thing.number, other.device == thing.device, other.kind != .block,
        other.kind != .pool, other.make < end ?? start, other.end > start
      else { return false }
      return key(other) == key(thing)
        || other.ranges.contains { range in thing.ranges.contains { $0.overlaps(range) } }
    }
  }

  /// Whether the thing's release can be of no other of its device.
  func isAloneAtRelease(_ thing: Thing) -> Bool { isAlone(thing, from: thing.release!) }

  /// Whether findings will tell of this thing if it is not released. Without word of the driver's end the one that is
  /// left of two alike may be the other.
  func leaks(_ thing: Thing) -> Bool {
    let end = unbinding(of: thing)
    guard isRecorded(besides: thing.release!, before: end ?? events.count) else { return false }
    return end != nil || isAlone(thing, from: thing.release!, to: .max)
  }

  /// The end of the driver that made a thing, if such are recorded.
  func unbinding(of thing: Thing) -> Int? {
    let id = events[thing.make].device
    return events[thing.make...].firstIndex { $0.call == .driverUnbound && $0.device == id }
  }

  /// Whether a call like this one shows that the recording has them: nothing is concluded from the absence of calls of
  /// which none was recorded.
  func isRecorded(besides event: Int, before end: Int) -> Bool {
    machine.isComplete || (0..<end).contains { $0 != event && events[$0].call == events[event].call }
  }

  /// Whether a release of this address would be no second one, and of nothing that is another device's: these have rules
  /// of their own.
  func isUnknown(_ address: UInt64, _ device: Int, at event: Int) -> Bool {
    !things.contains {
      $0.device == device
        ? key($0) == address && $0.release ?? .max < event
        : $0.ranges.first?.lowerBound == address && $0.make < event && $0.end > event
    }
  }

  /// The last return before the thing was made of a call of its device.
  func last(_ call: Call, before thing: Thing) -> Int? {
    events[..<thing.make].lastIndex {
      $0.call == call && $0.flags.contains(.isReturn) && $0.pid == events[thing.make].pid
    }
  }
}
