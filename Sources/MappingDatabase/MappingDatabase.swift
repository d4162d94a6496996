import DMAModel
import Replay

/// Writes a recording's mappings, syncs and findings into an SQLite database, for questions in SQL.
///
/// ```swift
/// let database = try MappingDatabase(creating: path, names: trace.names)
/// trace.forEachRun { database.add($0, segments: $1); return database.failure == nil }
/// try database.finish(profile, stacks: trace.stacks, symbolizer: symbols)
/// ```
///
/// Memory grows with what is mapped at one moment, not with the recording.
public final class MappingDatabase {
  private let database: SQLite
  private let insertMapping: Statement
  private let release: Statement
  private let insertSegment: Statement
  private let insertSync: Statement
  private let insertLoss: Statement
  private var open = OpenMappings()
  private var lastMapping: Int64 = 0
  private let names: NameTable
  /// What kept something from being written; nothing is written after it.
  public private(set) var failure: DatabaseError?

  /// - Throws: `DatabaseError` if the file cannot be made.
  public init(creating path: String, names: NameTable) throws(DatabaseError) {
    self.names = names
    database = try SQLite(creating: path)
    try database.run(Schema.tables)
    insertMapping = try database.prepare(
      "INSERT INTO mappings VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
    release = try database.prepare(
      "UPDATE mappings SET unmapped_at = ?, unmap_cpu = ?, unmap_pid = ?, unmap_stack_id = ?, unmap_size = ? "
        + "WHERE id = ?")
    insertSegment = try database.prepare("INSERT INTO segments VALUES (?,?,?,?,?)")
    insertSync = try database.prepare("INSERT INTO syncs VALUES (NULL,?,?,?,?,?,?,?,?,?)")
    insertLoss = try database.prepare("INSERT INTO losses VALUES (?,?,?)")
  }

  /// Adds a run of events, in the order of time.
  public func add(_ events: Span<Event>, segments: Span<UInt64>) {
    for index in 0..<events.count where failure == nil {
      do throws(DatabaseError) { try add(events[index], segments) } catch { failure = error }
    }
  }

  private func add(_ event: Event, _ segments: Span<UInt64>) throws(DatabaseError) {
    // A call that is recorded in two lines counts at its return, where its result is known.
    if event.flags.contains(.isEntry) { return }
    switch event.call {
    case .mapPage: try map(event, "page", .streaming)
    case .mapResource: try map(event, "resource", .streaming)
    case .allocate: try map(event, "coherent", .memory)
    case .allocatePages, .allocateScatterTable: try map(event, "pages", .memory)
    case .unmapPage: try unmap(event, "page", .streaming)
    case .unmapResource: try unmap(event, "resource", .streaming)
    case .free: try unmap(event, "coherent", .memory)
    case .freePages, .freeScatterTable: try unmap(event, "pages", .memory)
    case .mapScatterlist, .mapScatterlistFailed: try mapList(event, segments)
    case .unmapScatterlist:
      let first = event.physicalCount > 0 ? segments[Int(event.segments)] : event.address
      try unmap(event, "scatterlist", .list, address: first, size: UInt64(max(0, event.nents)))
    case .syncSingleForCPU, .syncSingleForDevice: try sync(event, event.address, event.size)
    case .syncScatterlistForCPU, .syncScatterlistForDevice: try syncList(event, segments)
    case .lost:
      try insertLoss.run([
        .bits(event.time), .integer(Int64(event.cpu)),
        event.value == Event.unknownCount ? .null : .bits(event.value),
      ])
    default: break
    }
  }

  // MARK: - Mappings

  private func map(_ event: Event, _ kind: String, _ family: OpenMappings.Family) throws(DatabaseError) {
    let failed = event.address == mappingErrorAddress || (family == .memory && event.value == 0)
    let id = try insert(
      event, kind, address: event.address,
      physical: event.flags.contains(.hasPhysicalAddress) ? event.physicalAddress : nil, size: event.size,
      failed: failed)
    if !failed {
      open.add(id, event.device, event.address, family, size: event.size, direction: direction(event, family))
    }
  }

  /// Coherent memory is bidirectional whatever its events say.
  private func direction(_ event: Event, _ family: OpenMappings.Family) -> Direction {
    family == .memory ? .bidirectional : event.direction
  }

  private func mapList(_ event: Event, _ segments: Span<UInt64>) throws(DatabaseError) {
    let (start, physical, bus) = (Int(event.segments), Int(event.physicalCount), Int(event.busCount))
    guard start + physical + 2 * bus <= segments.count else { return }
    let failed = event.call == .mapScatterlistFailed || event.ents <= 0
    var size: UInt64 = 0
    for index in 0..<bus { size &+= segments[start + physical + bus + index] }
    let firstPhysical = physical > 0 ? segments[start] : nil
    let id = try insert(
      event, "scatterlist", address: bus > 0 ? segments[start + physical] : nil, physical: firstPhysical,
      size: size, failed: failed)
    for index in 0..<max(physical, bus) {
      try insertSegment.run([
        .integer(id), .integer(Int64(index)), .bits(index < physical ? segments[start + index] : nil),
        .bits(index < bus ? segments[start + physical + index] : nil),
        .bits(index < bus ? segments[start + physical + bus + index] : nil),
      ])
    }
    if !failed {
      open.add(
        id, event.device, firstPhysical ?? event.address, .list, size: UInt64(max(0, event.nents)),
        direction: event.direction)
    }
  }

  private func insert(
    _ event: Event, _ kind: String, address: UInt64?, physical: UInt64?, size: UInt64, failed: Bool
  ) throws(DatabaseError) -> Int64 {
    lastMapping += 1
    try insertMapping.run(
      description(event, kind, address: address, physical: physical, size: size, failed: failed)
        + [.bits(event.time)] + circumstances(event) + [.null, .null, .null, .null, .null])
    return lastMapping
  }

  private func description(
    _ event: Event, _ kind: String, address: UInt64?, physical: UInt64?, size: UInt64, failed: Bool
  ) -> [SQLiteValue] {
    let isList = kind == "scatterlist"
    return [
      .integer(lastMapping), event.device == 0 ? .null : .integer(Int64(event.device)), .text(kind),
      .bits(address), .bits(physical), .bits(size), .text(event.direction.name),
      .text(event.attributes.description), isList ? .integer(Int64(event.nents)) : .null,
      isList ? .integer(Int64(event.ents)) : .null, .integer(failed ? 1 : 0),
    ]
  }

  /// CPU, task and stack.
  private func circumstances(_ event: Event) -> [SQLiteValue] {
    [
      .integer(Int64(event.cpu)),
      event.pid == Recording.unknownTask ? .null : .integer(Int64(event.pid)),
      event.stack == 0 ? .null : .integer(Int64(event.stack)),
    ]
  }

  /// An unmap of something that was not seen being mapped is a row that has no `mapped_at`.
  private func unmap(
    _ event: Event, _ kind: String, _ family: OpenMappings.Family, address: UInt64? = nil, size: UInt64? = nil
  ) throws(DatabaseError) {
    // A free of a null pointer releases nothing.
    if event.call == .free, event.flags.contains(.hasCPUAddress), event.value == 0 { return }
    let isList = family == .list
    let unmapSize: SQLiteValue = isList ? .null : .bits(event.size)
    let known = open.remove(
      event.device, address ?? event.address, family, size: size ?? event.size,
      direction: direction(event, family))
    if let known {
      try release.run([.bits(event.time)] + circumstances(event) + [unmapSize, .integer(known)])
    } else {
      lastMapping += 1
      try insertMapping.run(
        description(
          event, kind, address: isList ? nil : event.address, physical: isList ? address : nil,
          size: isList ? 0 : event.size, failed: false)
          + [.null, .null, .null, .null, .bits(event.time)] + circumstances(event) + [unmapSize])
    }
  }

  // MARK: - Syncs

  private func sync(_ event: Event, _ address: UInt64, _ size: UInt64) throws(DatabaseError) {
    let isForCPU = event.call == .syncSingleForCPU || event.call == .syncScatterlistForCPU
    try insertSync.run(
      [
        event.device == 0 ? .null : .integer(Int64(event.device)), .text(isForCPU ? "cpu" : "device"),
        .bits(address), .bits(size), .text(event.direction.name), .bits(event.time),
      ] + circumstances(event))
  }

  private func syncList(_ event: Event, _ segments: Span<UInt64>) throws(DatabaseError) {
    let (start, bus) = (Int(event.segments) + Int(event.physicalCount), Int(event.busCount))
    guard start + 2 * bus <= segments.count else { return }
    for index in 0..<bus { try sync(event, segments[start + index], segments[start + bus + index]) }
  }

  // MARK: - The end

  /// Adds what only the end tells, and makes the file whole.
  ///
  /// - Throws: `DatabaseError` for whatever could not be written, now or before.
  public func finish(
    _ profile: Profile, stacks: StackTable, symbolizer: (any Symbolizer)?
  ) throws(DatabaseError) {
    if let failure { throw failure }
    try addRecording(profile)
    try addDevices(profile)
    try addFindings(profile)
    let task = try database.prepare("INSERT INTO tasks VALUES (?,?)")
    for (pid, name) in profile.recording.taskNames.sorted(by: { $0.key < $1.key }) {
      try task.run([.integer(Int64(pid)), .text(name)])
    }
    let stack = try database.prepare("INSERT INTO stacks VALUES (?,?)")
    for number in 1..<max(1, stacks.count) {
      let frames = stacks[StackID(number)].map { symbolizer?.symbol(at: $0) ?? "0x" + String($0, radix: 16) }
      try stack.run([.integer(Int64(number)), .text(frames.joined(separator: "\n"))])
    }
    try database.run(Schema.indexes)
    try database.commit()
  }

  private func addRecording(_ profile: Profile) throws(DatabaseError) {
    let recording = profile.recording
    let row = try database.prepare("INSERT INTO recording VALUES (?,?)")
    let rows: [(String, SQLiteValue)] = [
      ("path", .text(recording.path)), ("format", .text(recording.format)),
      ("kernel", .text(recording.kernel)),
      ("arch", .text(recording.architecture)), ("clock", .text(recording.clock)),
      ("cpus", .integer(Int64(recording.cpus))), ("page_size", .integer(Int64(recording.pageSize))),
      ("first_time", .bits(recording.firstTime)), ("last_time", .bits(recording.lastTime)),
      ("events", .bits(recording.events)), ("lost_events", .bits(recording.lostEvents)),
      ("lost_windows", .bits(recording.lostWindows)),
      ("incomplete", .integer(recording.isIncomplete ? 1 : 0)),
      ("platform", .text(profile.platform.name)), ("cache_line", .bits(profile.platform.cacheLine)),
    ]
    for (key, value) in rows { try row.run([.text(key), value]) }
  }

  private func addDevices(_ profile: Profile) throws(DatabaseError) {
    let row = try database.prepare("INSERT INTO devices VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
    let profiles = Dictionary(profile.devices.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    for number in 1..<max(1, names.count) {
      guard let device = profiles[names[UInt32(number)]] else { continue }
      try row.run([
        .integer(Int64(number)), .text(device.name), .integer(device.coherent ? 1 : 0),
        .text(device.coherentBecause.rawValue), .bits(device.streamingMask),
        .text(device.maskBecause.rawValue),
        .bits(device.highestAddress), .real(device.pressure), .bits(device.work.cleanedLines),
        .bits(device.work.invalidatedLines), .bits(device.work.preparedLines), .bits(device.bounce.mappings),
        .bits(device.bounce.bytesIn &+ device.bounce.bytesOut), .real(device.estimate.low),
        .real(device.estimate.mid), .real(device.estimate.high),
      ])
    }
  }

  private func addFindings(_ profile: Profile) throws(DatabaseError) {
    let row = try database.prepare("INSERT INTO findings VALUES (?,?,?,?,?,?,?,?)")
    for finding in profile.findings {
      let first = finding.examples.first
      try row.run([
        .text(finding.rule.id), .text(finding.rule.name), .text(finding.severity.name), .text(finding.device),
        .text(finding.callSite), .bits(finding.count), .bits(first?.asked.time),
        first.map { .text($0.message) } ?? .null,
      ])
    }
  }
}
