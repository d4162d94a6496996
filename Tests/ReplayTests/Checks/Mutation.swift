import DMAModel
import Testing

@testable import Replay

/// A way to break one rule, once.
struct Mutation: Sendable, CustomTestStringConvertible {
  var name: String
  var rule: Int
  /// Rules that the program breaks as well from then on, with some of these mutants.
  var followers: Set<Int> = []
  /// Breaks the rule; false where the program has no place for it.
  var apply: @Sendable (inout Mutant) -> Bool
  var testDescription: String { "\(name): DMA\(rule)" }

  /// What a mapping that stays on leads to: it is a leak, and what comes to its place later is beside it.
  static let leak: Set<Int> = [209, 212, 401, 403]

  static let all = releases + lists + syncs + limits + memory + pools

  /// Releases of single mappings, resources and scatterlists.
  static let releases = [
    Mutation(name: "an unmap is missing", rule: 212, followers: leak) { mutant in
      guard
        let thing = mutant.pick(.single, .resource, .list, where: { $0.isAloneAtRelease($1) && $0.leaks($1) })
      else { return false }
      mutant.leak(thing)
      return true
    },
    Mutation(name: "an unmap comes twice", rule: 202) { mutant in
      guard let thing = mutant.pick(.single, .resource, .list, where: { $0.isAloneAtRelease($1) }) else {
        return false
      }
      mutant.insert(mutant.events[thing.release!], after: thing.release!)
      return true
    },
    Mutation(name: "a map is missing", rule: 201, followers: [301, 302, 303, 306]) { mutant in
      guard
        let thing = mutant.pick(
          .single, .resource, .list,
          where: { program, thing in
            program.isAloneAtRelease(thing)
              && program.isUnknown(program.key(thing), thing.device, at: thing.release!)
              && program.isRecorded(besides: thing.make, before: thing.release!)
          })
      else { return false }
      mutant.expect(thing.release!)
      mutant.events.remove(at: thing.make)
      return true
    },
    Mutation(name: "a map has another size", rule: 203, followers: [302, 401, 403, 505]) { mutant in
      guard let thing = mutant.pick(.single, .resource, where: { $0.isAloneAtRelease($1) }) else {
        return false
      }
      mutant.events[thing.make].size += 1
      mutant.expect(thing.release!)
      return true
    },
    Mutation(
      name: "a map has another direction", rule: 204, followers: [303, 304, 305, 401, 403]
    ) { mutant in
      guard let thing = mutant.pick(.single, .resource, .list, where: { $0.isAloneAtRelease($1) }) else {
        return false
      }
      mutant.events[thing.make].direction = mutant.turned(thing.direction)
      mutant.expect(thing.release!)
      return true
    },
    Mutation(name: "an unmap names an address inside", rule: 201, followers: leak) { mutant in
      guard
        let thing = mutant.pick(
          .single,
          where: { program, thing in
            thing.size > 1 && program.isAloneAtRelease(thing) && program.leaks(thing)
              && program.isUnknown(program.key(thing) + 1, thing.device, at: thing.release!)
          })
      else { return false }
      mutant.change(thing.release!) { $0.address += 1 }
      return true
    },
    Mutation(name: "an unmap is for another device", rule: 207, followers: leak) { mutant in
      guard let thing = mutant.pick(.single, where: { $0.isAloneAtRelease($1) }),
        let other = mutant.stranger(to: mutant.program.key(thing), at: thing.release!)
      else { return false }
      mutant.hand(thing.release!, to: other)
      return true
    },
    Mutation(name: "an unmap has another size", rule: 203) { mutant in
      guard let thing = mutant.pick(.single, .resource, where: { $0.isAloneAtRelease($1) }) else {
        return false
      }
      let size = thing.size > 1 && Bool.random(using: &mutant.random) ? thing.size - 1 : thing.size + 1
      mutant.change(thing.release!) { $0.size = size }
      return true
    },
    Mutation(name: "an unmap has another direction", rule: 204) { mutant in
      guard let thing = mutant.pick(.single, .resource, .list, where: { $0.isAloneAtRelease($1) }) else {
        return false
      }
      let direction = mutant.turned(thing.direction)
      mutant.change(thing.release!) { $0.direction = direction }
      return true
    },
    // SKIP_CPU_SYNC and NO_WARN may differ at the two ends.
    Mutation(name: "an unmap has other attributes", rule: 205) { mutant in
      guard let thing = mutant.pick(.single, .resource, .list, where: { $0.isAloneAtRelease($1) }) else {
        return false
      }
      let attribute = [Attributes.weakOrdering, .privileged, .mmio].randomElement(using: &mutant.random)!
      mutant.change(thing.release!) { $0.attributes.formSymmetricDifference(attribute) }
      return true
    },
    Mutation(name: "a mapping is released with the function of another kind", rule: 206) { mutant in
      guard let thing = mutant.pick(.single, .resource, where: { $0.isAloneAtRelease($1) }) else {
        return false
      }
      let other: Call = thing.kind == .single ? .unmapResource : .unmapPage
      let call = Bool.random(using: &mutant.random) ? other : .free
      mutant.change(thing.release!) { ($0.call, $0.value) = (call, 0xffff_8000_1234_0000) }
      return true
    },
    Mutation(name: "the error address is unmapped", rule: 210, followers: leak) { mutant in
      guard let thing = mutant.pick(.single, .resource, where: { $0.isAloneAtRelease($1) })
      else { return false }
      mutant.change(thing.release!) { $0.address = mappingErrorAddress }
      return true
    },
    Mutation(name: "a result is not checked", rule: 211) { mutant in
      guard mutant.program.machine.recordsChecks,
        let first = mutant.events.firstIndex(where: { $0.call == .mappingError }),
        let thing = mutant.pick(
          .single,
          where: { program, thing in
            thing.make > first && program.isAlone(thing, from: thing.make, to: thing.release!)
          })
      else { return false }
      mutant.expect(thing.release!)
      mutant.events.remove(at: thing.check!)
      return true
    },
  ]

  /// Scatterlists; events name 128 entries at most, longer lists may have been released whole.
  static let lists = [
    Mutation(name: "a list is unmapped with fewer entries", rule: 208, followers: leak) { mutant in
      guard
        let thing = mutant.pick(
          .list,
          where: { program, thing in
            thing.nents > 1 && thing.nents <= 128 && program.isAloneAtRelease(thing)
          })
      else { return false }
      let count = thing.ents < thing.nents ? thing.ents : thing.nents - 1
      let left = Array(mutant.arrays(mutant.events[thing.release!]).physical.prefix(count))
      mutant.setSegments(thing.release!, physical: left)
      mutant.change(thing.release!) { $0.nents = Int32(count) }
      return true
    },
    Mutation(name: "a list is unmapped with more entries", rule: 208) { mutant in
      guard
        let thing = mutant.pick(
          .list,
          where: { program, thing in
            thing.nents < 128 && program.isAloneAtRelease(thing)
          })
      else { return false }
      let physical = mutant.arrays(mutant.events[thing.release!]).physical
      if !physical.isEmpty { mutant.setSegments(thing.release!, physical: physical + [0x1000]) }
      mutant.change(thing.release!) { $0.nents += 1 }
      return true
    },
    Mutation(name: "a list is unmapped as a single mapping", rule: 206, followers: leak) { mutant in
      guard !mutant.program.machine.recordsHandles,
        let thing = mutant.pick(.list, where: { $0.isAloneAtRelease($1) })
      else { return false }
      let range = thing.ranges[0]
      mutant.setSegments(thing.release!, physical: [])
      mutant.change(thing.release!) {
        ($0.call, $0.nents) = (.unmapPage, 0)
        ($0.address, $0.size) = (range.lowerBound, range.upperBound - range.lowerBound)
      }
      return true
    },
    // Where the device only reads, two lists may name the same memory; the same list may not be mapped twice.
    Mutation(name: "a list is mapped twice", rule: 209, followers: leak) { mutant in
      let isNamed = mutant.program.machine.recordsHandles
      guard
        let thing = mutant.pick(
          .list,
          where: { program, thing in
            (isNamed || thing.direction != .toDevice) && program.isAloneAtRelease(thing)
          })
      else { return false }
      mutant.insert(mutant.events[thing.make], after: thing.make)
      return true
    },
  ]
}
