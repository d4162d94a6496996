import DMAModel

@testable import Replay

extension Mutation {
  /// Coherent memory and pages.
  static let memory = [
    Mutation(name: "a free is missing", rule: 212) { mutant in
      guard let thing = mutant.pick(.coherent, .pages, .table, where: { $0.leaks($1) })
      else { return false }
      mutant.leak(thing)
      return true
    },
    Mutation(name: "a free comes twice", rule: 605) { mutant in
      guard let thing = mutant.pick(.coherent, .pages, .table) else { return false }
      mutant.insert(mutant.events[thing.release!], after: thing.release!)
      return true
    },
    Mutation(name: "an allocation is missing", rule: 604, followers: [301, 608]) { mutant in
      guard
        let thing = mutant.pick(
          .coherent, .pages, .table,
          where: { program, thing in
            program.isUnknown(program.key(thing), thing.device, at: thing.release!)
              && program.isRecorded(besides: thing.make, before: thing.release!)
          })
      else { return false }
      mutant.expect(thing.release!)
      mutant.events.remove(at: thing.make)
      return true
    },
    Mutation(name: "a free is for another device", rule: 604, followers: [212]) { mutant in
      guard let thing = mutant.pick(.coherent, .pages, .table),
        let other = mutant.stranger(to: mutant.program.key(thing), at: thing.release!)
      else { return false }
      mutant.hand(thing.release!, to: other)
      return true
    },
    Mutation(name: "a free has another size", rule: 602) { mutant in
      guard let thing = mutant.pick(.coherent, .pages, .table) else { return false }
      let size = thing.size + .random(in: 1...9000, using: &mutant.random)
      mutant.change(thing.release!) { $0.size = size }
      return true
    },
    // The record of a scatter table has no CPU address.
    Mutation(name: "a free has another CPU address", rule: 603) { mutant in
      guard let thing = mutant.pick(.coherent, .pages) else { return false }
      mutant.change(thing.release!) { $0.value += 64 }
      return true
    },
    Mutation(name: "a free has other attributes", rule: 205) { mutant in
      guard let thing = mutant.pick(.coherent, .pages, .table) else { return false }
      mutant.change(thing.release!) { $0.attributes.formSymmetricDifference(.writeCombine) }
      return true
    },
    Mutation(name: "memory is released with the function of another kind", rule: 206) { mutant in
      guard let thing = mutant.pick(.coherent, .pages, .table) else { return false }
      let call: Call = thing.kind == .coherent ? .freePages : .free
      let other = Bool.random(using: &mutant.random) ? call : .unmapPage
      mutant.change(thing.release!) { $0.call = other }
      return true
    },
    Mutation(name: "coherent memory is freed with interrupts off", rule: 601) { mutant in
      guard let thing = mutant.pick(.coherent) else { return false }
      let context = [Event.Context.irqsOff, .hardIRQ].randomElement(using: &mutant.random)!
      mutant.change(thing.release!) { $0.context = context }
      return true
    },
    Mutation(name: "an allocation that may sleep is made in an interrupt", rule: 606) { mutant in
      guard let thing = mutant.pick(.coherent, .pages) else { return false }
      let context = [Event.Context.irqsOff, .hardIRQ, .softIRQ].randomElement(using: &mutant.random)!
      mutant.change(thing.make) { ($0.allocation, $0.context) = ([.recorded, .mayBlock], context) }
      return true
    },
  ]

  static let pools = [
    Mutation(name: "a block is freed twice", rule: 702) { mutant in
      guard let block = mutant.pick(.block) else { return false }
      mutant.insert(mutant.events[block.release!], after: block.release!)
      return true
    },
    // A block that comes again was given back, whatever the records say.
    Mutation(name: "a block is not freed", rule: 701) { mutant in
      let things = mutant.program.things
      guard
        let block = mutant.pick(
          .block,
          where: { program, block in
            !things.contains {
              $0.kind == .block && $0.cpuAddress == block.cpuAddress && $0.make > block.make
            }
              && program.isRecorded(besides: block.release!, before: things[block.pool!].release!)
          })
      else { return false }
      mutant.expect(things[block.pool!].release!)
      mutant.events.remove(at: block.release!)
      return true
    },
    Mutation(name: "a block is freed to another pool", rule: 703) { mutant in
      let things = mutant.program.things
      func other(_ block: LegalProgram.Thing) -> LegalProgram.Thing? {
        things.indices.first {
          things[$0].kind == .pool && $0 != block.pool && things[$0].device == block.device
            && things[$0].make + 1 < block.release! && things[$0].end > block.release!
        }.map { things[$0] }
      }
      guard let block = mutant.pick(.block, where: { _, block in other(block) != nil }) else { return false }
      mutant.change(block.release!) { $0.address = other(block)!.cpuAddress }
      return true
    },
    Mutation(name: "an address is freed that the pool has not handed out", rule: 708, followers: [701]) {
      mutant in
      guard let block = mutant.pick(.block) else { return false }
      mutant.change(block.release!) { $0.value += 4 }
      return true
    },
    Mutation(name: "a pool is destroyed twice", rule: 709) { mutant in
      guard let pool = mutant.pick(.pool) else { return false }
      mutant.insert(mutant.events[pool.release!], after: pool.release!)
      return true
    },
    Mutation(name: "a block is asked of a pool that is gone", rule: 709) { mutant in
      let things = mutant.program.things
      guard let block = mutant.pick(.block) else { return false }
      mutant.insert(mutant.events[block.make], after: things[block.pool!].release!)
      return true
    },
    Mutation(name: "an alignment is no power of two", rule: 705) { mutant in
      guard let pool = mutant.pick(.pool) else { return false }
      mutant.change(pool.make) { $0.physicalAddress += 4 }
      return true
    },
    Mutation(name: "a pool is created in an interrupt", rule: 704) { mutant in
      guard let pool = mutant.pick(.pool) else { return false }
      mutant.change(pool.make) { $0.context = .hardIRQ }
      return true
    },
    Mutation(name: "a block is allocated with flags that may sleep in an interrupt", rule: 707) { mutant in
      guard let block = mutant.pick(.block) else { return false }
      mutant.change(block.make) { ($0.allocation, $0.context) = ([.recorded, .mayBlock], .softIRQ) }
      return true
    },
    Mutation(name: "a block crosses the boundary", rule: 706) { mutant in
      let (things, events) = (mutant.program.things, mutant.events)
      guard
        let block = mutant.pick(
          .block,
          where: { _, block in
            events[things[block.pool!].make].value == 1024
          })
      else { return false }
      // The return of the allocation.
      mutant.change(block.check!) { $0.physicalAddress = ($0.physicalAddress | 1023) - 3 }
      return true
    },
  ]
}
