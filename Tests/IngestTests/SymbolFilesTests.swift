import DMAModel
import Foundation
import Testing

@testable import Ingest

@Suite struct SymbolFilesTests {
  static let modules = """
    e1000 155648 0 - Live 0xffffffffc0a00000 (OE)
    nvme 65536 2 - Live 0xffffffffc0400000
    nvme_core 131072 3 nvme, Live 0xffffffffc0500000

    """
  static let kallsyms = """
    ffffffff81000000 T _text
    ffffffff81000100 t dma_direct_map_sg
    ffffffff81000400 T _etext
    ffffffffc03ff000 t last_of_another\t[other]
    ffffffffc0500000 t nvme_setup\t[nvme_core]
    ffffffffc0500200 t nvme_timeout\t[nvme_core]

    """

  /// Files with these contents, as the command line gives them.
  static func symbolizer(
    kallsyms: String? = nil, modules: String? = nil, recorded: (any Symbolizer)? = nil
  ) throws -> (any Symbolizer)? {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("symbols-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func path(_ name: String, _ text: String?) throws -> String? {
      guard let text else { return nil }
      let file = folder.appendingPathComponent(name)
      try Data(text.utf8).write(to: file)
      return file.path
    }
    return try SymbolFiles(kallsyms: path("kallsyms", kallsyms), modules: path("modules", modules))
      .symbolizer(recorded: recorded)
  }

  @Test(
    "an address is named by the symbol that covers it, else by its module, else not at all",
    arguments: [
      (0xffff_ffff_8100_0110, "dma_direct_map_sg+0x10"),
      (0xffff_ffff_c050_0010, "nvme_setup+0x10 [nvme_core]"),
      (0xffff_ffff_c0a0_1574, "[e1000]+0x1574"), (0xffff_ffff_c050_0300, "[nvme_core]+0x300"),
      (0xffff_ffff_c0a2_5fff, "[e1000]+0x25fff"), (0xffff_ffff_c0a2_6000, "0xffffffffc0a26000"),
      (0xffff_ffff_c03f_fff0, "last_of_another+0xff0 [other]"), (0, "0x0"),
      // The symbol before it is another module's, whose end is not known.
      (0xffff_ffff_c040_0020, "[nvme]+0x20"),
    ] as [(UInt64, String)])
  func names(address: UInt64, name: String) throws {
    let symbolizer = try #require(try Self.symbolizer(kallsyms: Self.kallsyms, modules: Self.modules))
    #expect(symbolizer.symbol(at: address) == name)
  }

  @Test func `given symbols go before those of the recording, modules go with either`() throws {
    let recorded = KernelSymbols(
      kallsyms: Array("ffffffff81000000 T recorded\nffffffff81000800 T _etext\n".utf8))
    let address: UInt64 = 0xffff_ffff_8100_0110
    #expect(try Self.symbolizer(recorded: recorded)?.symbol(at: address) == "recorded+0x110")
    #expect(
      try Self.symbolizer(modules: Self.modules, recorded: recorded)?.symbol(at: address) == "recorded+0x110")
    #expect(
      try Self.symbolizer(kallsyms: Self.kallsyms, recorded: recorded)?.symbol(at: address)
        == "dma_direct_map_sg+0x10")
    #expect(try Self.symbolizer() == nil)
    #expect(
      try Self.symbolizer(modules: Self.modules)?.symbol(at: 0xffff_ffff_c0a0_0001) == "[e1000]+0x1")
  }

  @Test(
    "what is no such file is told with its line",
    arguments: [
      ("", "expected lines of /proc/kallsyms, found none"),
      (
        "ffffffff81000000 T a\nnonsense\n",
        "expected a line of /proc/kallsyms (address, type, name), found \"nonsense\" on line 2"
      ),
      (
        "0000000000000000 T a\n0000000000000000 t b\n",
        "expected addresses (save /proc/kallsyms as root, with kernel.kptr_restrict at 0 or 1), found only zeros: the "
          + "kernel hid them"
      ),
    ])
  func wrongKallsyms(text: String, details: String) {
    #expect {
      try Self.symbolizer(kallsyms: text)
    } throws: { error in
      (error as? TraceError)?.details == details && (error as? TraceError)?.kind == .notATrace
    }
  }

  @Test(
    "what is no list of modules is told with its line",
    arguments: [
      ("\n", "expected lines of /proc/modules, found none"),
      (
        "e1000 155648 0 - Live\n",
        "expected a line of /proc/modules (name, size, uses, users, state, address), found \"e1000 155648 0 - Live\" "
          + "on line 1"
      ),
      (
        "e1000 155648 0 - Live 0x0000000000000000\n",
        "expected addresses (save /proc/modules as root, with kernel.kptr_restrict at 0 or 1), found only zeros: the "
          + "kernel hid them"
      ),
    ])
  func wrongModules(text: String, details: String) {
    #expect {
      try Self.symbolizer(modules: text)
    } throws: { error in
      (error as? TraceError)?.details == details && (error as? TraceError)?.kind == .notATrace
    }
  }

  @Test func `a file that is not there cannot be opened`() {
    #expect {
      try SymbolFiles(kallsyms: "/nonexistent", modules: nil)
    } throws: { error in
      (error as? TraceError)?.kind == .cannotOpen
    }
  }

  @Test func `a module at the end of memory has no end beyond it`() throws {
    let ranges = try ModuleRanges(
      modules: Array("last 18446744073709551615 0 - Live 0xffffffffc0000000\n".utf8), file: "modules")
    #expect(ranges.module(at: .max - 1)?.name == "last")
    #expect(ranges.module(at: 0) == nil)
  }
}
