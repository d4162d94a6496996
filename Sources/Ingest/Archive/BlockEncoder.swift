import DMAModel

/// Turns runs of events into blocks of an archive: the other side of `BlockDecoder`.
///
/// What it stores follows from `BlockPrediction` alone; which events share a predictor, and which queue a mapping goes
/// to, is decided here and written into the block.
struct BlockEncoder: ~Copyable {
  private var events: [Event] = []
  private var segments: [UInt64] = []
  private let prediction = BlockPrediction()
  private var tables: BlockTableBuilder
  private var clockTick = ClockTick()
  private var tick: UInt64 = 0
  private let limit: Int

  /// - Parameter limit: the most events in a block.
  init(
    limit: Int = ArchiveLayout.eventsPerBlock, stacks: StackTable, names: NameTable,
    frame: @escaping (UInt64) -> ArchivedFrame
  ) {
    self.limit = limit
    tables = BlockTableBuilder(names: names, stacks: stacks, frame: frame)
  }

  var isEmpty: Bool { events.isEmpty }

  /// Whether the block has to be encoded before it takes a further event.
  var isFull: Bool {
    events.count >= limit || segments.count >= ArchiveLayout.segmentsPerBlock
  }

  mutating func append(_ event: Event, _ arrays: Span<UInt64>) {
    var event = event
    let count = Int(event.physicalCount) + 2 * Int(event.busCount)
    let start = Int(event.segments)
    if count > 0, start + count <= arrays.count {
      event.segments = UInt32(truncatingIfNeeded: segments.count)
      for index in start..<(start + count) { segments.append(arrays[index]) }
    } else {
      (event.segments, event.physicalCount, event.busCount) = (0, 0, 0)
    }
    events.append(event)
  }

  /// A block with the events that were appended; there are none then.
  mutating func encode() -> BlockContent {
    tables.reset()
    let shapes = events.map { tables.shape($0) }
    prediction.reset(predictors: tables.predictors, queues: tables.queues)
    clockTick.adapt(to: events)
    tick = clockTick.length
    var columns = BlockColumns()
    encodeTimes(&columns)
    var places = PlaceIndex()
    for index in events.indices {
      let shape = tables.shapes[Int(shapes[index])]
      columns.append(.shape, UInt64(shapes[index]))
      encode(events[index], shape, &places, &columns)
    }
    var head = BlockHead()
    (head.events, head.segments, head.predictors) = (events.count, segments.count, tables.predictors)
    head.firstTime = events[0].time
    head.lastTime = events.reduce(0) { max($0, $1.time) }
    head.tick = tick
    tables.write(to: &columns)
    events.removeAll(keepingCapacity: true)
    segments.removeAll(keepingCapacity: true)
    return BlockContent(head: head, columns: columns)
  }

  private func encodeTimes(_ columns: inout BlockColumns) {
    var time = events[0].time
    var fraction = BlockClock.half
    for event in events {
      let difference = event.time &- time
      let (step, residual) = ClockTick.step(difference, fraction: fraction, tick: tick)
      if let step {
        columns.append(.ticks, step)
        columns.append(.residual, UInt64(UInt8(bitPattern: residual)))
        if tick == 0 {
          time = event.time
        } else {
          BlockClock.advance(&time, &fraction, step: step, tick: tick, residual: residual)
        }
      } else {
        columns.append(.ticks, BlockClock.jump)
        columns.append(.residual, 0)
        columns.append(.time, difference)
        (time, fraction) = (event.time, BlockClock.half)
      }
    }
  }

  /// Where mappings of one address were last put in a queue.
  private struct PlaceIndex {
    struct Key: Hashable {
      var address: UInt64
      var queue: UInt32
    }
    var places: [Key: Int] = [:]
  }

  private func encode(
    _ event: Event, _ shape: BlockShape, _ places: inout PlaceIndex, _ columns: inout BlockColumns
  ) {
    let predictor = prediction.predictors + Int(shape.predictor)
    var mode = BlockMode(rawValue: 0)
    encodeAddress(event, shape, predictor, &places, &mode, &columns)
    if event.value != predictor.pointee.value {
      mode.formUnion(.value)
      columns.append(.value, ZigZag.code(event.value &- predictor.pointee.value))
      predictor.pointee.value = event.value
    }
    let stack = tables.stack(event.stack)
    if stack != predictor.pointee.stack {
      mode.formUnion(.stack)
      columns.append(.stack, UInt64(stack))
      predictor.pointee.stack = stack
    }
    encodeCounts(event, predictor, &mode, &columns)
    if shape.hasList, event.physicalCount > 0 || event.busCount > 0 {
      encodeList(event, shape, predictor, &places, &mode, &columns)
    }
    columns.append(.mode, UInt64(mode.rawValue))
  }

  /// Finds the place of a mapping that an event names, and says how it is told.
  ///
  /// - Returns: nil where the queue does not have it.
  private func find(
    _ key: UInt64, _ shape: BlockShape, _ predictor: UnsafeMutablePointer<BlockPrediction.Predictor>,
    _ places: PlaceIndex, isExpected: (Int) -> Bool
  ) -> (place: Int?, isExpected: Bool, nothingExpected: Bool) {
    let expected = prediction.expected(predictor, Int(shape.queue))
    if let expected, isExpected(expected) { return (expected, true, false) }
    let place = places.places[.init(address: key, queue: shape.queue)]
    return (place, false, expected == nil)
  }

  private func entry(_ place: Int, _ shape: BlockShape) -> BlockPrediction.Entry {
    prediction.entries[prediction.queues[Int(shape.queue)].start + place]
  }

  private func encodeAddress(
    _ event: Event, _ shape: BlockShape, _ predictor: UnsafeMutablePointer<BlockPrediction.Predictor>,
    _ places: inout PlaceIndex, _ mode: inout BlockMode, _ columns: inout BlockColumns
  ) {
    let last = predictor.pointee.address
    var expectedSize = predictor.pointee.size
    let follows = last &+ predictor.pointee.step == event.address
    if !shape.hasList, shape.role == .takes || shape.role == .names {
      let found = find(event.address, shape, predictor, places) {
        entry($0, shape).address == event.address
      }
      if let place = found.place, found.isExpected || !(found.nothingExpected && follows) {
        if !found.isExpected {
          mode.formUnion(.place)
          columns.append(.place, ZigZag.code(UInt64(bitPattern: Int64(place - predictor.pointee.cursor))))
        }
        expectedSize =
          prediction.name(place, of: Int(shape.queue), predictor, take: shape.role == .takes).size
      } else if !(found.nothingExpected && follows) {
        mode.formUnion(.address)
      }
    } else if !follows {
      mode.formUnion(.address)
    }
    if mode.contains(.address) { columns.append(.address, ZigZag.code(event.address &- last)) }
    if event.size != expectedSize {
      mode.formUnion(.size)
      columns.append(.size, event.size)
    }
    predictor.pointee.step = event.address &- last
    predictor.pointee.address = event.address
    predictor.pointee.size = event.size
    let expectedPhysical = shape.followsAddress ? event.address &+ predictor.pointee.difference : 0
    if event.physicalAddress != expectedPhysical {
      mode.formUnion(.physicalAddress)
      columns.append(
        .physicalAddress, ZigZag.code(event.physicalAddress &- predictor.pointee.physicalAddress))
    }
    if shape.followsAddress || mode.contains(.physicalAddress) {
      predictor.pointee.difference = event.physicalAddress &- event.address
      predictor.pointee.physicalAddress = event.physicalAddress
    }
    if shape.role == .adds, !shape.hasList {
      push(.init(address: event.address, size: event.size), as: event.address, shape, &places)
    }
  }

  private func push(
    _ entry: BlockPrediction.Entry, as key: UInt64, _ shape: BlockShape, _ places: inout PlaceIndex
  ) {
    places.places[.init(address: key, queue: shape.queue)] = prediction.queues[Int(shape.queue)].count
    _ = prediction.push(entry, to: Int(shape.queue))
  }

  private func encodeCounts(
    _ event: Event, _ predictor: UnsafeMutablePointer<BlockPrediction.Predictor>, _ mode: inout BlockMode,
    _ columns: inout BlockColumns
  ) {
    let last = predictor.pointee
    guard
      event.nents != last.nents || event.ents != last.ents || event.physicalCount != last.physicalCount
        || event.busCount != last.busCount
    else { return }
    mode.formUnion(.counts)
    columns.append(.nents, ZigZag.code(UInt64(bitPattern: Int64(event.nents))))
    columns.append(.ents, ZigZag.code(UInt64(bitPattern: Int64(event.ents))))
    columns.append(.physicalCount, UInt64(event.physicalCount))
    columns.append(.busCount, UInt64(event.busCount))
    (predictor.pointee.nents, predictor.pointee.ents) = (event.nents, event.ents)
    (predictor.pointee.physicalCount, predictor.pointee.busCount) = (event.physicalCount, event.busCount)
  }

  private func encodeList(
    _ event: Event, _ shape: BlockShape, _ predictor: UnsafeMutablePointer<BlockPrediction.Predictor>,
    _ places: inout PlaceIndex, _ mode: inout BlockMode, _ columns: inout BlockColumns
  ) {
    let (start, physical, bus) = (Int(event.segments), Int(event.physicalCount), Int(event.busCount))
    if physical > 0 {
      var place: Int?
      if shape.role == .takes || shape.role == .names {
        func isSame(_ place: Int) -> Bool {
          let known = entry(place, shape)
          return known.size == UInt64(physical)
            && segments[Int(known.address)..<(Int(known.address) + physical)]
              .elementsEqual(segments[start..<(start + physical)])
        }
        let found = find(segments[start], shape, predictor, places, isExpected: isSame)
        if let known = found.place, found.isExpected || isSame(known) {
          place = known
          if !found.isExpected {
            mode.formUnion(.place)
            columns.append(.place, ZigZag.code(UInt64(bitPattern: Int64(known - predictor.pointee.cursor))))
          }
          _ = prediction.name(known, of: Int(shape.queue), predictor, take: shape.role == .takes)
        } else {
          mode.formUnion(.list)
        }
      }
      if place == nil {
        for index in start..<(start + physical) {
          columns.append(.listPhysical, ZigZag.code(segments[index] &- predictor.pointee.physicalAddress))
          predictor.pointee.physicalAddress = segments[index]
        }
      }
    }
    var address: UInt64 = 0
    for index in 0..<bus {
      let base = index < physical ? segments[start + index] : address
      address = segments[start + physical + index]
      columns.append(.listBus, ZigZag.code(address &- base &- predictor.pointee.difference))
      predictor.pointee.difference = address &- base
      columns.append(.listLength, segments[start + physical + bus + index])
    }
    if physical > 0, shape.role == .adds {
      push(.init(address: UInt64(start), size: UInt64(physical)), as: segments[start], shape, &places)
    }
  }
}
