import DMAModel
import Foundation
import Testing

@testable import Replay

/// A driver that breaks 18 rules on purpose, under a kernel with CONFIG_DMA_API_DEBUG: what that kernel said of each
/// case, and what has to be found in the recording.
@Suite("A driver that breaks rules on purpose")
struct MisuseTests {
  /// A case, a part of each line that the kernel printed for it, and what is found: rule and a part of the message or of
  /// the parameters.
  struct Case: Sendable, CustomTestStringConvertible {
    var number: Int
    var kernel: [String]
    var ours: [(rule: Int, evidence: String)]
    var testDescription: String { "case \(number)" }
  }

  static let cases: [Case] = [
    Case(number: 0, kernel: [], ours: []),
    Case(number: 1, kernel: [], ours: [(213, "1,100 bytes at 0x3e00000")]),
    Case(
      number: 2, kernel: ["tries to free DMA memory it has not allocated"],
      ours: [(202, "0x3e01000 was unmapped")]),
    Case(
      number: 3, kernel: ["frees DMA memory with different size"],
      ours: [(203, "unmapped with 1,301 bytes, mapped with 1,300 bytes")]),
    Case(
      number: 4, kernel: ["frees DMA memory with different direction"],
      ours: [(204, "unmapped TO_DEVICE, mapped FROM_DEVICE")]),
    Case(
      number: 5, kernel: ["frees DMA memory with wrong function"],
      ours: [(206, "made as coherent memory, released as a single mapping")]),
    Case(
      number: 6, kernel: ["tries to sync DMA memory it has not allocated"],
      ours: [(301, "nothing is mapped at 0x1234000")]),
    // The kernel's checker cannot tell a sync past the end from one of nothing.
    Case(
      number: 7, kernel: ["tries to sync DMA memory it has not allocated"],
      ours: [(302, "synced 1,800 bytes from byte 0 of a mapping of 1,700 bytes")]),
    Case(
      number: 8,
      kernel: ["syncs DMA memory with different direction", "syncs device write-only DMA memory to device"],
      ours: [(303, "synced TO_DEVICE, mapped FROM_DEVICE"), (305, "0x3e05000")]),
    // Calls of dma_mapping_error are not in the recording.
    Case(number: 9, kernel: ["failed to check map error"], ours: []),
    Case(
      number: 10, kernel: ["cacheline tracking EEXIST, overlapping mappings aren't supported"],
      ours: [(403, "2,000 bytes at 0x3e07000 are mapped already")]),
    Case(
      number: 11,
      kernel: [
        "frees DMA sg list with different entry count", "frees DMA sg list with different entry count",
      ],
      ours: [(208, "unmapped with 2 entries, mapped with 3"), (213, "2,102 bytes at 0x3e0a000")]),
    Case(
      number: 12, kernel: ["frees DMA memory with different size"],
      ours: [(602, "freed with 200 bytes, allocated with 100 bytes")]),
    Case(number: 13, kernel: [], ours: [(213, "2,300 bytes at 0x3948000")]),
    Case(
      number: 14,
      kernel: ["syncs DMA memory with different direction", "syncs device read-only DMA memory for cpu"],
      ours: [(303, "synced FROM_DEVICE, mapped TO_DEVICE"), (304, "0x3e0b000")]),
    Case(
      number: 15, kernel: ["tries to free an invalid DMA memory address"],
      ours: [(210, "unmaps 0xffffffffffffffff")]),
    // On a machine whose device snoops, sharing a line is a hint.
    Case(
      number: 16, kernel: ["cacheline tracking EEXIST, overlapping mappings aren't supported"],
      ours: [(401, "0x3e0c038 and 0x3e0c008 share a line of 64 bytes")]),
    // The destruction of the pool is not in the recording; that its page was never given back is.
    Case(number: 17, kernel: [], ours: [(213, "4,096 bytes at 0x3947000, a page of a pool")]),
    Case(
      number: 18,
      kernel: [
        "syncs DMA sg list with different entry count", "syncs DMA sg list with different entry count",
        "syncs DMA sg list with different entry count",
      ], ours: [(306, "synced with 3 entries, mapped with 4")]),
  ]

  @Test("says what the kernel said of each case, and more", arguments: cases)
  func verdict(of item: Case) throws {
    #expect(
      try MisuseTests.kernelsWords()[item.number] ?? [] == item.kernel, "the table says what the kernel said")
    let found = try MisuseTests.findings()
    for ours in item.ours {
      let match = found.filter { $0.rule == ours.rule && $0.text.contains(ours.evidence) }
      #expect(match.count == 1, "DMA\(ours.rule): \(ours.evidence)")
    }
  }

  @Test("says nothing that the table does not expect, and nothing of the lawful case")
  func nothingElse() throws {
    let found = try MisuseTests.findings()
    let expected = MisuseTests.cases.flatMap(\.ours)
    #expect(found.count == expected.count)
    for finding in found {
      #expect(
        expected.contains { $0.rule == finding.rule && finding.text.contains($0.evidence) }, "\(finding)")
      #expect(!finding.text.contains("size=1024"))
    }
  }

  @Test("names the leaks that the kernel's dump holds, one by one")
  func leaks() throws {
    let lines = try FixtureEvents.text("misuse.dump.txt").split(separator: "\n").filter {
      $0.contains("dma_abuse")
    }
    let dumped = lines.compactMap { line -> String? in
      let fields = line.split(separator: " ")
      let address = fields.first { $0.hasPrefix("D=") }?.dropFirst(2)
      return address.map { "0x" + $0 }
    }
    #expect(dumped.count == 4)
    let found = try MisuseTests.findings().filter { $0.rule == 213 }
    #expect(found.count == dumped.count)
    for address in dumped { #expect(found.contains { $0.text.contains("at \(address),") }, "\(address)") }
  }

  @Test("calls them leaks when the user says that the driver was unbound")
  func unbound() throws {
    let findings = try FixtureEvents("misuse.dat").findings { $0.unbound = ["0000:*"] }
    #expect(findings.first { $0.rule === Rule.leakAtUnbind }?.count == 4)
    #expect(!findings.contains { $0.rule === Rule.liveAtEnd })
  }

  /// Every example, as its rule and all of its text.
  private static func findings() throws -> [(rule: Int, text: String)] {
    try FixtureEvents("misuse.dat").findings().flatMap { finding in
      #expect(finding.count == UInt64(finding.examples.count), "no example is left out")
      return finding.examples.map { example in
        let parameters = example.asked.parameters.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
        return (finding.rule.number, example.message + " " + parameters)
      }
    }
  }

  /// What the kernel's checker printed, by case, without addresses.
  private static func kernelsWords() throws -> [Int: [String]] {
    var words: [Int: [String]] = [:]
    var current = -1
    for line in try FixtureEvents.text("misuse.dmesg.txt").split(separator: "\n") {
      if let range = line.range(of: "dma_abuse: case "), let number = Int(line[range.upperBound...]) {
        current = number
      } else if let range = line.range(of: "DMA-API: dma_abuse 0000:00:03.0: ") {
        let text = line[range.upperBound...].replacing("device driver ", with: "")
        words[current, default: []].append(
          String(text.prefix { $0 != "[" }).trimmingCharacters(in: .whitespaces))
      }
    }
    return words
  }
}
