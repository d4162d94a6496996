import DMAModel

/// All events of a recording: their names by number, and the plans of those that are decoded.
struct EventCatalog: Sendable {
  /// The place of an event number in `plans` and `names`; 0 for numbers that no format describes.
  private(set) var indexByID = [UInt16](repeating: 0, count: 1 << 16)
  /// Index 0 stands for unknown numbers.
  private(set) var plans: [EventPlan] = [EventPlan()]
  private(set) var names: [String] = [""]
  private(set) var systems: [String] = [""]
  /// What the plans of some events convert.
  private(set) var conversions: [RecordConversions] = []
  /// Events that are a part of what another event of the recording says.
  private(set) var superseded: Set<Int> = []
  /// Names that several events have, each in a system of its own.
  private var sharedNames: Set<String> = []
  /// Bytes of the kernel's `long`.
  let longSize: Int
  /// Where the fields lie that every record begins with.
  private(set) var common = CommonFields()

  /// Byte offsets of the fields common to all records, from the recording's formats.
  struct CommonFields: Sendable {
    var type = 0
    var flags = 2
    var preemption = 3
    var pid = 4
    /// A record that is shorter holds none of them.
    var length: Int { max(type + 2, flags + 1, preemption + 1, pid + 4) }
    /// Whether they lie as in every kernel so far, in the first 8 bytes.
    var isUsual: Bool { (type, flags, preemption, pid) == (0, 2, 3, 4) }
  }

  /// One format file of the recording.
  struct Source {
    var system: String
    var text: ArraySlice<UInt8>
  }

  /// Compiles what the dictionary knows and notes the names of the rest.
  ///
  /// - Parameter enabled: the numbers of the events that were recorded, where the recording says so.
  init(_ sources: [Source], dictionary: EventDictionary, longSize: Int, enabled: Set<UInt16>? = nil) {
    self.longSize = longSize
    var formats: [(EventFormat, EventDictionary.Row)] = []
    for source in sources {
      guard let (name, id) = EventFormat.nameAndNumber(source.text) else { continue }
      let index = add(id, name: name, system: source.system)
      guard index > 0 else { continue }
      if name == "kernel_stack", let format = EventFormat(system: source.system, text: source.text) {
        plans[index] = EventPlan(stack: format) ?? EventPlan()
      } else if name == "funcgraph_exit",
        let format = EventFormat(system: source.system, text: source.text)
      {
        plans[index] = EventPlan(functionExit: format) ?? EventPlan()
      } else if dictionary.row(system: source.system, name: name) != nil,
        let format = EventFormat(system: source.system, text: source.text),
        let row = dictionary.row(
          system: source.system, name: name, hasField: { format[$0] != nil })
      {
        formats.append((format, row))
      }
    }
    supersede(&formats, enabled: enabled, dictionary)
    var met: Set<String> = []
    sharedNames = Set(names.filter { !met.insert($0).inserted })
    if let format = formats.first?.0 {
      common.type = format["common_type"]?.offset ?? common.type
      common.flags = format["common_flags"]?.offset ?? common.flags
      common.preemption = format["common_preempt_count"]?.offset ?? common.preemption
      common.pid = format["common_pid"]?.offset ?? common.pid
    }
    // Pool events of dynamic probes carry a bare gfp mask: the table of dma_alloc tells its bits.
    let table = formats.lazy.map { PrintTable.rows(for: "flags", in: $0.0.printFormat) }.first { !$0.isEmpty }
    let allocation = AllocationMap(table ?? [])
    for (format, row) in formats {
      var converted: RecordConversions?
      var plan = EventPlan(format, row: row, allocationMap: allocation, conversions: &converted)
      if let converted {
        plan.conversion = Int32(conversions.count)
        conversions.append(converted)
      }
      plans[Int(indexByID[Int(format.id)])] = plan
    }
  }

  /// Takes out the events behind others that the recording has, too: a call is not to be counted twice.
  private mutating func supersede(
    _ formats: inout [(EventFormat, EventDictionary.Row)], enabled: Set<UInt16>?,
    _ dictionary: EventDictionary
  ) {
    let recorded = dictionary.counting(
      among: Set(formats.lazy.map(\.0).filter { enabled?.contains($0.id) ?? true }.map(\.name)))
    formats.removeAll { format, row in
      guard row.isSuperseded(by: recorded) else { return false }
      superseded.insert(Int(indexByID[Int(format.id)]))
      return true
    }
  }

  private mutating func add(_ id: UInt16, name: String, system: String) -> Int {
    guard indexByID[Int(id)] == 0, plans.count < 1 << 16 - 1 else { return 0 }
    indexByID[Int(id)] = UInt16(plans.count)
    plans.append(EventPlan())
    names.append(name)
    systems.append(system)
    return plans.count - 1
  }

  /// Adds the numbers of records, by index in the catalogue, to what is said of the recording.
  func add(_ counts: [UInt64], to recording: inout Recording) {
    for index in counts.indices where counts[index] > 0 {
      if index == 0 {
        recording.skipped["records of unknown events"] = counts[0]
        continue
      }
      let name = countedName(index)
      recording.eventsByName[name, default: 0] &+= counts[index]
      if superseded.contains(index) {
        recording.skipped[EventCatalog.supersededWords, default: 0] &+= counts[index]
      } else if plans[index].kind == .undecoded {
        recording.undecodedEvents.insert(name)
      }
    }
  }

  static let supersededWords = "events behind other recorded ones, not counted twice"

  /// The name under which events of a plan are counted: with the system where two systems share a name.
  func countedName(_ index: Int) -> String {
    sharedNames.contains(names[index]) ? systems[index] + ":" + names[index] : names[index]
  }
}
