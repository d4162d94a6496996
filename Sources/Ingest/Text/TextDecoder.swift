import DMAModel

/// Turns lines of trace text into events.
///
/// Lines come one after another, all of a text, or those of a piece of it: then `begin` comes before the piece and `leave` and
/// `takeFacts` after it.
struct TextDecoder: ~Copyable {
  /// What a line came to.
  enum Outcome {
    case event, undecoded
    /// A frame of a call stack, a remark of the tracer: nothing that is counted.
    case other
    /// Nothing that is known.
    case unknown
  }

  /// To whom the frames that follow belong.
  enum StackOwner {
    case nobody
    /// An event in the batch.
    case event(Int)
    /// The last event of a CPU in the pieces before.
    case before(cpu: Int)
  }

  private let tables: TextTables
  var names: LocalNames
  var nameNumbers = TextMemory()
  var attributeWords = TextMemory()
  var allocationWords = TextMemory()
  /// The arrays of the line that is being read.
  var lists = TextLists()
  private var eventNumbers = TextMemory()
  private let flags = TextFlags()
  private var starts = LineStarts()

  var stacks: LocalStacks
  var frameLines = TextMemory()
  var frameBuffer: [UInt64] = []
  var stackOwner = StackOwner.nobody
  /// Whether stacks come as events of their own, behind those to which they belong.
  private var hasStacks = false
  /// The last event of each CPU in the batch; `none` where there is none yet, `taken` where it has its stack.
  private(set) var lastEvents: [Int] = []
  static let none = -1
  static let taken = -2
  /// Stacks of events in the pieces before, by CPU.
  var leadingStacks: [(cpu: Int, stack: StackID)] = []
  private let isOfPieces: Bool

  private(set) var plans: [TextPlan] = []
  private var forms = TextForms()

  private(set) var tasks: TaskNames
  var header = TextHeader()
  private(set) var highestCPU = 0
  var graphLines: UInt64 = 0
  private(set) var backwards: UInt64 = 0
  /// That of the last line, or what is later before it.
  private(set) var time: UInt64 = 0
  /// The first time of the piece, and how many events come before it.
  private(set) var firstTime: UInt64?
  var untimed = 0

  init(_ tables: TextTables, isOfPieces: Bool = false) {
    (self.tables, self.isOfPieces) = (tables, isOfPieces)
    names = LocalNames(tables.shared.names)
    stacks = LocalStacks(tables.shared.stacks)
    tasks = TaskNames(tables.taskNames, isLog: isOfPieces)
  }

  var frames: FrameNames { tables.frames }
  /// Lines of each plan.
  var counts: [UInt64] { (0..<forms.count).map { forms[$0].pointee.count } }

  /// Reads one line and puts its event, if it is one, into the batch.
  ///
  /// - Parameter isCut: whether the input ends before the line does. What looks whole may lack digits then.
  mutating func decode(
    _ text: UnsafeBufferPointer<UInt8>, isCut: Bool = false, into batch: EventBatch
  ) -> Outcome {
    guard let line = TextBytes(text) else { return .other }
    if TextDecoder.mayBeFrame(line), addKnownFrame(line) { return .other }
    if let known = starts.find(line), let rest = TextLine.Rest(line, behind: known.pointee.start) {
      return decode(line, known, rest, isCut, batch)
    }
    guard let (known, rest) = newStart(of: line) else { return remark(line, batch) }
    return decode(line, known, rest, isCut, batch)
  }

  /// Reads a line whose beginning is known.
  private mutating func decode(
    _ line: TextBytes, _ known: UnsafePointer<LineStarts.Known>, _ rest: TextLine.Rest, _ isCut: Bool,
    _ batch: EventBatch
  ) -> Outcome {
    endStack(batch)
    let isPerf = known.pointee.start.isPerf
    if isPerf { header.printer = .perf }
    let entry = forms[plan(line, rest.name)]
    let cpu = Int(known.pointee.start.cpu)
    if entry.pointee.isStack {
      beginStack(cpu)
      return .other
    }
    if !known.pointee.start.task.isEmpty { tasks.note(known.pointee.start.pid, known.pointee.task) }
    if cpu > highestCPU { highestCPU = cpu }
    if firstTime == nil { firstTime = rest.time }
    if rest.time < time { backwards &+= 1 } else { time = rest.time }
    stackOwner = .nobody
    guard let form = entry.pointee.form(isProbe: line[rest.body] == 0x28) else {
      note(entry, batch)
      return .undecoded
    }
    let event = batch.room()
    event.initialize(to: Event())
    (event.pointee.time, event.pointee.cpu) = (time, known.pointee.start.cpu)
    event.pointee.pid = known.pointee.start.pid
    if rest.flags >= 0 { event.pointee.context = flags.context(line, rest.flags) }
    (event.pointee.call, event.pointee.flags) = (form.pointee.call, form.pointee.flags)
    let segments = batch.segmentCount
    guard takeFields(line, rest.body, form, isCut, event, batch), convert(line, rest.body, form, event, batch)
    else {
      batch.dropSegments(from: segments)
      return .unknown
    }
    batch.appendRoom()
    note(entry, batch)
    if isPerf { stackOwner = .event(batch.count - 1) }
    while lastEvents.count <= cpu { lastEvents.append(TextDecoder.none) }
    lastEvents[cpu] = batch.count - 1
    return .event
  }

  /// Fills in what is more than a field in its place.
  ///
  /// - Returns: false if it cannot be what it is.
  @inline(__always)
  private mutating func convert(
    _ line: TextBytes, _ body: Int, _ form: UnsafeMutablePointer<TextForms.Form>,
    _ event: UnsafeMutablePointer<Event>, _ batch: EventBatch
  ) -> Bool {
    guard let conversions = form.pointee.conversions else { return true }
    return conversions.apply(line.text(body, line.count), &event.pointee, &names, batch)
  }

  @inline(__always)
  private mutating func note(_ entry: UnsafeMutablePointer<TextForms.Entry>, _ batch: EventBatch) {
    entry.pointee.count &+= 1
    batch.records &+= 1
    batch.firstTime = min(batch.firstTime, time)
    batch.lastTime = max(batch.lastTime, time)
  }

  /// What stands before the fields of a line that begins like none that is known; nil if the line is no event's.
  @inline(never)
  private mutating func newStart(of line: TextBytes) -> (UnsafePointer<LineStarts.Known>, TextLine.Rest)? {
    guard let text = TextLine(line) else { return nil }
    let name = text.start.task
    let task = tasks.number(.bytes(line.text(Int(name.lowerBound), Int(name.upperBound))))
    return (starts.keep(text.start, of: line, task: task), text.rest)
  }

  @inline(__always)
  private mutating func plan(_ line: TextBytes, _ name: Range<Int>) -> Int {
    let text = TextBytes(line, name)
    if let known = eventNumbers.value(of: text) { return Int(truncatingIfNeeded: known) }
    return newPlan(text)
  }

  @inline(never)
  private mutating func newPlan(_ name: TextBytes) -> Int {
    let number = Int(tables.eventNames.number(of: name.text(0, name.count).text))
    eventNumbers.keep(UInt64(number), for: name)
    addPlans(upTo: number)
    return number
  }

  private mutating func addPlans(upTo number: Int) {
    while plans.count <= number {
      let plan = TextPlan(
        tables.eventNames.table[UInt32(plans.count)], tables.dictionary, recorded: tables.recorded)
      plans.append(plan)
      forms.append(plan)
    }
  }
}

// MARK: - Batches and pieces

extension TextDecoder {
  /// The first event in the batch that may yet get its stack; nil if all are whole. The stack of an event comes right
  /// behind it, but other CPUs' events may come between.
  var firstUnfinished: Int? {
    var first: Int?
    if case .event(let owner) = stackOwner { first = owner }
    guard hasStacks else { return first }
    for last in lastEvents where last >= 0 { first = min(first ?? last, last) }
    return first
  }

  /// So many events have left the batch at its beginning; those behind them have moved up.
  mutating func leave(first count: Int) {
    if case .event(let owner) = stackOwner { stackOwner = owner >= count ? .event(owner - count) : .nobody }
    for index in lastEvents.indices where lastEvents[index] >= 0 {
      lastEvents[index] = lastEvents[index] >= count ? lastEvents[index] - count : TextDecoder.taken
    }
  }

  /// The events that follow are in another batch.
  mutating func leave(_ batch: EventBatch) {
    endStack(batch)
    stackOwner = .nobody
    for index in lastEvents.indices { lastEvents[index] = TextDecoder.taken }
  }

  /// The lines that follow are those of another piece.
  ///
  /// - Parameter time: the latest time before the piece, as far as it is known.
  mutating func begin(after time: UInt64) {
    (self.time, firstTime, untimed, stackOwner) = (time, nil, 0, .nobody)
    frameBuffer.removeAll(keepingCapacity: true)
    leadingStacks.removeAll(keepingCapacity: true)
    lastEvents.removeAll(keepingCapacity: true)
  }

  /// The frames that follow belong to the last event of the CPU: those of `kernel_stack`, one a line.
  private mutating func beginStack(_ cpu: Int) {
    hasStacks = true
    let last = cpu < lastEvents.count ? lastEvents[cpu] : TextDecoder.none
    stackOwner = .nobody
    if last >= 0 { stackOwner = .event(last) }
    if isOfPieces, last == TextDecoder.none { stackOwner = .before(cpu: cpu) }
    while lastEvents.count <= cpu { lastEvents.append(TextDecoder.none) }
    lastEvents[cpu] = TextDecoder.taken
  }

  /// What the lines have told since the last time; of a decoder of pieces.
  mutating func takeFacts() -> TextFacts {
    var facts = TextFacts()
    for number in 0..<forms.count where forms[number].pointee.count > 0 {
      facts.counts.append((number, forms[number].pointee.count))
      forms[number].pointee.count = 0
    }
    facts.tasks = tasks.takeLog()
    (facts.header, facts.highestCPU) = (header, highestCPU)
    (facts.graphLines, facts.backwards) = (graphLines, backwards)
    (header, highestCPU, graphLines, backwards) = (TextHeader(), 0, 0, 0)
    return facts
  }

  /// Adds the facts of the next piece, as if its lines had been read here.
  mutating func add(_ facts: TextFacts) {
    for count in facts.counts {
      addPlans(upTo: count.name)
      forms[count.name].pointee.count &+= count.lines
    }
    for task in facts.tasks { tasks.note(task.pid, task.name) }
    header.update(facts.header)
    highestCPU = max(highestCPU, facts.highestCPU)
    graphLines &+= facts.graphLines
    backwards &+= facts.backwards
  }
}
