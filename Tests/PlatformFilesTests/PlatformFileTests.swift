import Replay
import Testing
import YAMLFiles

@testable import PlatformFiles

@Suite("Platform files")
struct PlatformFileTests {
  private static let whole = """
    name: my-board
    summary: An SoC with a slow outer cache
    architecture: mips
    cacheLine: 64
    speculates: false
    coherentByDefault: no
    coherent: ["0000:01:*", usb*]
    nonCoherent: 30be0000.ethernet
    prices:
      call: 80
      cleanLine: [2, 4.5, 9]
      invalidateLine: {low: 1, mid: 3, high: 7, source: lmbench, measured: true}
      copiedByte: {mid: 0.25}
    memory: [0x40000000-0x7fffffff, 0x100000000-0x13fffffff]
    dmaZone: 0x3fffffff
    swiotlb: 64MiB
    iommu: lazy
    """

  @Test("say everything that a profile has")
  func everything() throws {
    let profile = try PlatformFile.read(Self.whole, path: "board.yaml")
    #expect(profile.name == "my-board" && profile.summary == "An SoC with a slow outer cache")
    #expect(profile.architecture == "mips" && profile.cacheLine == 64 && profile.speculates == false)
    #expect(profile.isCoherent == false && profile.coherent == ["0000:01:*", "usb*"])
    #expect(profile.nonCoherent == ["30be0000.ethernet"])
    #expect(
      profile.prices[.call]
        == Price(Estimate(low: 80, mid: 80, high: 80), source: "board.yaml", isMeasured: false))
    #expect(profile.prices[.cleanLine]?.range == Estimate(low: 2, mid: 4.5, high: 9))
    #expect(
      profile.prices[.invalidateLine]
        == Price(Estimate(low: 1, mid: 3, high: 7), source: "lmbench", isMeasured: true))
    #expect(profile.prices[.copiedByte]?.range == Estimate(low: 0.25, mid: 0.25, high: 0.25))
    #expect(profile.memory == [0x4000_0000...0x7fff_ffff, 0x1_0000_0000...0x1_3fff_ffff])
    #expect(profile.dmaZone == 0x3fff_ffff && profile.swiotlb == 64 << 20 && profile.iommu == .lazy)
    #expect(profile.source == "board.yaml")
  }

  @Test(
    "say where they are wrong, and what was expected",
    arguments: [
      ("", "b.yaml: empty"),
      ("cacheLine: 64", "b.yaml: no architecture; expected one of arm64, arm, riscv, mips, powerpc, x86"),
      (
        "architecture: z80", "b.yaml:1:15: expected one of arm64, arm, riscv, mips, powerpc, x86; found 'z80'"
      ),
      (
        "architecture: arm64\ncacheLine: 48",
        "b.yaml:2:12: expected a power of two from 4 to 4096; found '48'"
      ),
      (
        "architecture: arm64\nprices:\n  cleanline: 3",
        "b.yaml:3:3: expected one of call, cleanLine, invalidateLine, cleanInvalidateLine, copiedByte, "
          + "iotlbInvalidation; found 'cleanline'"
      ),
      (
        "architecture: arm64\nprices:\n  cleanLine: [3, 2, 1]", "b.yaml:3:14: expected low ≤ mid ≤ high"
      ),
      (
        "architecture: arm64\nprices:\n  call: -1",
        "b.yaml:3:9: expected nanoseconds from 0 to 1000000000; found '-1'"
      ),
      (
        "architecture: arm64\nmemory: 0x10-0x8",
        "b.yaml:2:9: expected a range such as 0x40000000-0x7fffffff, first and last byte; found '0x10-0x8'"
      ),
      (
        "architecture: arm64\nswiotlb: 64 MB",
        "b.yaml:2:10: expected bytes, such as 67108864 or 64MiB; found '64 MB'"
      ),
      ("- 1\n- 2", "b.yaml:1:1: expected a mapping of keys to values; found a list"),
    ])
  func misfits(_ text: String, _ expected: String) {
    #expect(throws: YAMLFileError(expected)) { try PlatformFile.read(text, path: "b.yaml") }
  }

  @Test("say what is no YAML, with its line")
  func notYAML() throws {
    let error = try #require(throws: YAMLFileError.self) {
      try PlatformFile.read("architecture: arm64\nname: [", path: "b.yaml")
    }
    #expect(error.description.hasPrefix("b.yaml: line "))
  }

  @Test("name unknown keys and known ones")
  func unknownKey() throws {
    let error = try #require(throws: YAMLFileError.self) {
      try PlatformFile.read("architecture: arm64\nline: 64", path: "b.yaml")
    }
    #expect(
      error.description.hasPrefix("b.yaml:2:1: unknown key 'line'; expected name, summary, architecture"))
  }

  @Test("are adjusted by single values")
  func adjustments() throws {
    #expect(try PlatformFile.adjustment("cleanLine=[1, 2, 3]").prices[.cleanLine]?.range.high == 3)
    #expect(try PlatformFile.adjustment("swiotlb=128M").swiotlb == 128 << 20)
    #expect(try PlatformFile.adjustment("iommu=strict").iommu == .strict)
    for text in ["cleanLine", "cleanLine=", "foo=1", "iommu=perhaps", "cleanLine=[1"] {
      #expect(throws: YAMLFileError.self, "\(text)") { try PlatformFile.adjustment(text) }
    }
    let base = try PlatformFile.read(Self.whole, path: "board.yaml")
    let adjusted = try PlatformFile.adjustment("call=5").over(base)
    #expect(adjusted.prices[.call]?.range.mid == 5 && adjusted.prices[.cleanLine] == base.prices[.cleanLine])
  }
}
