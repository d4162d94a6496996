import DMAModel
import Replay

/// Makes events by hand and replays them.
struct Recorder {
  let names = NameTable()
  var events: [Event] = []
  var segments: [UInt64] = []
  private var time: UInt64 = 1000

  mutating func add(_ call: Call, _ device: String, _ change: (inout Event) -> Void = { _ in }) {
    var event = Event()
    event.call = call
    event.device = names.intern(device)
    event.time = time
    event.pid = 7
    event.flags = [.hasAddress]
    change(&event)
    events.append(event)
    time += 1000
  }

  mutating func map(
    _ bus: UInt64, _ size: UInt64, _ direction: Direction, physical: UInt64? = nil, device: String = "disk",
    attributes: Attributes = []
  ) {
    add(.mapPage, device) {
      $0.address = bus
      $0.physicalAddress = physical ?? bus
      $0.flags.insert(.hasPhysicalAddress)
      $0.size = size
      $0.direction = direction
      $0.attributes = attributes
    }
  }

  mutating func unmap(
    _ bus: UInt64, _ size: UInt64, _ direction: Direction, device: String = "disk",
    attributes: Attributes = []
  ) {
    add(.unmapPage, device) {
      $0.address = bus
      $0.size = size
      $0.direction = direction
      $0.attributes = attributes
    }
  }

  mutating func mapList(
    _ physical: [UInt64], bus: [UInt64], lengths: [UInt64], nents: Int, ents: Int, _ direction: Direction
  ) {
    let start = UInt32(segments.count)
    segments += physical + bus + lengths
    add(.mapScatterlist, "disk") {
      $0.segments = start
      $0.physicalCount = UInt16(physical.count)
      $0.busCount = UInt16(bus.count)
      $0.nents = Int32(nents)
      $0.ents = Int32(ents)
      $0.direction = direction
    }
  }

  mutating func unmapList(_ physical: [UInt64], _ direction: Direction) {
    let start = UInt32(segments.count)
    segments += physical
    add(.unmapScatterlist, "disk") {
      $0.segments = start
      $0.physicalCount = UInt16(physical.count)
      $0.nents = Int32(physical.count)
      $0.direction = direction
    }
  }

  func replay(
    platform: String = "arm64", kernel: String = "6.12.0", _ change: (inout ReplayOptions) -> Void = { _ in }
  ) -> Profile {
    var options = ReplayOptions()
    options.platform = PlatformProfile.named(platform)
    change(&options)
    var replayer = Replayer(options: options, hints: RecordingHints(kernel: kernel), names: names)
    replayer.consume(events.span, segments: segments.span)
    return replayer.finish(recording: Recording(), stacks: StackTable(), symbolizer: nil)
  }
}
