import DMAModel

@testable import Replay

extension Mutation {
  /// A random sync of a thing of one of these kinds that is alone then, and its place among the events.
  private static func pickSync(
    _ mutant: inout Mutant, _ kinds: [LegalProgram.Thing.Kind],
    where condition: (LegalProgram.Thing, Event) -> Bool = { _, _ in true }
  ) -> (thing: LegalProgram.Thing, sync: Int)? {
    var sync: Int?
    let thing = mutant.pick(.single, .list, .pages, .coherent) { program, thing in
      // A list's entries are judged where they are recorded.
      guard kinds.contains(thing.kind), thing.kind != .list || !program.machine.recordsHandles else {
        return false
      }
      sync = thing.syncs.first {
        condition(thing, program.events[$0]) && program.isAlone(thing, from: $0)
      }
      return sync != nil
    }
    guard let thing, let sync else { return nil }
    return (thing, sync)
  }

  static let syncs = [
    Mutation(name: "a sync reaches past the end", rule: 302) { mutant in
      guard let (thing, sync) = pickSync(&mutant, [.single, .pages, .list]) else { return false }
      let more = UInt64.random(in: 1...5000, using: &mutant.random)
      if thing.kind == .list {
        var (_, bus, lengths) = mutant.arrays(mutant.events[sync])
        lengths[0] += more
        mutant.setSegments(sync, physical: [], bus: bus, lengths: lengths)
        mutant.expect(sync)
      } else {
        mutant.change(sync) { $0.size = thing.ranges[0].upperBound - $0.address + more }
      }
      return true
    },
    // Memory that is mapped both ways may be synced in either, and so may allocated pages.
    Mutation(name: "a sync has another direction", rule: 303, followers: [304, 305]) { mutant in
      guard
        let (thing, sync) = pickSync(
          &mutant, [.single, .list],
          where: { thing, _ in
            thing.direction != .bidirectional
          })
      else { return false }
      let direction = mutant.turned(thing.direction)
      mutant.change(sync) { $0.direction = direction }
      return true
    },
    Mutation(name: "what the device only reads is synced as if it had written", rule: 304, followers: [303]) {
      mutant in
      guard
        let (_, sync) = pickSync(
          &mutant, [.single, .list],
          where: { thing, sync in
            thing.direction == .toDevice
              && (sync.call == .syncSingleForCPU || sync.call == .syncScatterlistForCPU)
          })
      else { return false }
      mutant.change(sync) { $0.direction = .fromDevice }
      return true
    },
    Mutation(name: "what the device only writes is synced as if it would read", rule: 305, followers: [303]) {
      mutant in
      guard
        let (_, sync) = pickSync(
          &mutant, [.single, .list],
          where: { thing, sync in
            thing.direction == .fromDevice
              && (sync.call == .syncSingleForDevice || sync.call == .syncScatterlistForDevice)
          })
      else { return false }
      mutant.change(sync) { $0.direction = .toDevice }
      return true
    },
    Mutation(name: "a sync names an address where nothing is", rule: 301) { mutant in
      guard let (_, sync) = pickSync(&mutant, [.single, .pages]) else { return false }
      mutant.change(sync) { $0.address += 1 << 44 }
      return true
    },
    Mutation(name: "a sync is for another device", rule: 301) { mutant in
      guard let (thing, sync) = pickSync(&mutant, [.single, .pages, .list]) else { return false }
      let address =
        thing.kind == .list ? mutant.arrays(mutant.events[sync]).bus[0] : mutant.events[sync].address
      guard let other = mutant.stranger(to: address, at: sync) else { return false }
      mutant.hand(sync, to: other)
      return true
    },
    Mutation(name: "a sync comes after the release", rule: 301) { mutant in
      let program = mutant.program
      guard
        let (thing, sync) = pickSync(
          &mutant, [.single, .pages, .list],
          where: { thing, _ in
            program.isAloneAtRelease(thing)
          })
      else { return false }
      mutant.insert(mutant.events[sync], after: thing.release!)
      return true
    },
    Mutation(name: "the error address is synced", rule: 210) { mutant in
      guard let (_, sync) = pickSync(&mutant, [.single, .pages]) else { return false }
      mutant.change(sync) { $0.address = mappingErrorAddress }
      return true
    },
    Mutation(name: "a list is synced with fewer entries", rule: 306) { mutant in
      guard
        let (_, sync) = pickSync(
          &mutant, [.list],
          where: { thing, _ in
            thing.nents > 1 && thing.nents <= 128
          })
      else { return false }
      let (_, bus, lengths) = mutant.arrays(mutant.events[sync])
      mutant.setSegments(sync, physical: [], bus: bus.dropLast(), lengths: lengths.dropLast())
      mutant.expect(sync)
      return true
    },
    Mutation(name: "dma_cache_sync reaches past the block", rule: 608) { mutant in
      guard let (thing, sync) = pickSync(&mutant, [.coherent]) else { return false }
      mutant.change(sync) { $0.size = thing.cpuAddress + thing.size - $0.value + 1 }
      return true
    },
  ]

  /// Masks, limits, failures, neighbours.
  static let limits = [
    Mutation(name: "an address is beyond the mask", rule: 501) { mutant in
      guard
        let thing = mutant.pick(
          .single, .coherent,
          where: { _, thing in
            thing.syncs.isEmpty && thing.pool == nil
          })
      else { return false }
      for event in [thing.make, thing.check, thing.release].compactMap({ $0 }) {
        mutant.events[event].address += 1 << 45
      }
      mutant.expect(thing.make)
      return true
    },
    Mutation(name: "a refused mask is no obstacle", rule: 502) { mutant in
      guard let thing = mutant.pick(.single),
        let mask = mutant.program.last(.setMaskAndCoherent, before: thing)
      else { return false }
      mutant.events[mask].value = UInt64(bitPattern: -5)
      mutant.device = mutant.program.devices[thing.device].name
      return true
    },
    Mutation(name: "a mapping is larger than may be", rule: 505) { mutant in
      guard let thing = mutant.pick(.single, where: { $0.last(.maxMappingSize, before: $1) != nil }),
        let limit = mutant.program.last(.maxMappingSize, before: thing)
      else { return false }
      mutant.events[limit].value = thing.size - 1
      mutant.device = mutant.program.devices[thing.device].name
      return true
    },
    Mutation(name: "four maps fail in a row", rule: 506) { mutant in
      guard let thing = mutant.pick(.single, .list) else { return false }
      var failed = mutant.events[thing.make]
      if thing.kind == .list {
        (failed.call, failed.physicalCount, failed.busCount) = (.mapScatterlistFailed, 0, 0)
      } else {
        failed.address = mappingErrorAddress
      }
      for number in 0..<4 { mutant.insert(failed, after: thing.make + number) }
      return true
    },
    // Where the device snoops it is a hint; behind an IOMMU, bus addresses tell nothing of lines. Neighbours that begin
    // more than a page before are not looked for.
    Mutation(name: "two mappings share a line", rule: 401, followers: leak.union([211])) { mutant in
      guard
        let thing = mutant.pick(
          .single,
          where: { program, thing in
            let device = program.devices[thing.device]
            return !device.isCoherent && device.reach == .identity && thing.direction != .toDevice
              && thing.size % Memory.line != 0 && thing.size < 4096
          })
      else { return false }
      var neighbour = mutant.events[thing.make]
      neighbour.address += thing.size
      neighbour.physicalAddress += thing.size
      (neighbour.size, neighbour.direction) = (1, .toDevice)
      mutant.insert(neighbour, after: thing.make)
      return true
    },
    Mutation(name: "two mappings overlap", rule: 403, followers: leak.union([211])) { mutant in
      guard
        let thing = mutant.pick(
          .single,
          where: { program, thing in
            // Mappings that leave their lines alone may share them.
            program.devices[thing.device].reach == .identity && thing.direction != .toDevice
              && !program.events[thing.make].attributes.contains(.skipCPUSync)
          })
      else { return false }
      mutant.insert(mutant.events[thing.make], after: thing.make)
      return true
    },
  ]
}
