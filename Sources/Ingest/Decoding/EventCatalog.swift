import DMAModel

/// All events of a recording: their names by number, and the plans of those that are decoded.
struct EventCatalog: Sendable {
  /// The place of an event number in `plans` and `names`; 0 for numbers that no format describes.
  private(set) var indexByID = [UInt16](repeating: 0, count: 1 << 16)
  /// Index 0 stands for unknown numbers.
  private(set) var plans: [EventPlan] = [EventPlan()]
  private(set) var names: [String] = [""]
  private(set) var systems: [String] = [""]
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
  }

  /// One format file of the recording.
  struct Source {
    var system: String
    var text: ArraySlice<UInt8>
  }

  /// Compiles what the dictionary knows and notes the names of the rest.
  init(_ sources: [Source], dictionary: EventDictionary, longSize: Int) {
    self.longSize = longSize
    var formats: [(EventFormat, EventDictionary.Row)] = []
    for source in sources {
      guard let (name, id) = EventFormat.nameAndNumber(source.text) else { continue }
      let index = add(id, name: name, system: source.system)
      guard index > 0 else { continue }
      if name == "kernel_stack", let format = EventFormat(system: source.system, text: source.text.text) {
        plans[index] = EventPlan(stack: format) ?? EventPlan()
      } else if name == "funcgraph_exit",
        let format = EventFormat(system: source.system, text: source.text.text)
      {
        plans[index] = EventPlan(functionExit: format) ?? EventPlan()
      } else if let row = dictionary.row(system: source.system, name: name),
        let format = EventFormat(system: source.system, text: source.text.text)
      {
        formats.append((format, row))
      }
    }
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
      plans[Int(indexByID[Int(format.id)])] = EventPlan(format, row: row, allocationMap: allocation)
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

  /// The name under which events of a plan are counted: with the system where two systems share a name.
  func countedName(_ index: Int) -> String {
    sharedNames.contains(names[index]) ? systems[index] + ":" + names[index] : names[index]
  }
}
