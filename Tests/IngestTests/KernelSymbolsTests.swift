import Testing

@testable import Ingest

@Suite struct KernelSymbolsTests {
  static let symbols = KernelSymbols(
    kallsyms: Array(
      """
      ffffffff81000000 T _text
      ffffffff81000100 t dma_direct_map_sg
      ffffffff81000200 D some_data
      ffffffff81000300 W weak_one
      ffffffff81000400 T _etext
      ffffffffc0400000 t nvme_queue_rq\t[nvme]
      ffffffffc0400200 t nvme_timeout\t[nvme]
      ffffffffc0500000 T e1000_probe\t[e1000e]

      """.utf8))

  @Test(
    "An address is named after the function that covers it",
    arguments: [
      (0xffff_ffff_8100_0000, "_text+0x0"), (0xffff_ffff_8100_01ff, "dma_direct_map_sg+0xff"),
      (0xffff_ffff_8100_0310, "weak_one+0x10"), (0xffff_ffff_c040_0010, "nvme_queue_rq+0x10 [nvme]"),
      (0xffff_ffff_c040_8200, "nvme_timeout+0x8000 [nvme]"),
    ] as [(UInt64, String)])
  func covered(address: UInt64, name: String) {
    #expect(Self.symbols.symbol(at: address) == name)
  }

  @Test(
    "An address far from any function, behind the last, or far behind a module's last stays an address",
    arguments: [
      0, 0xffff_ffff_80ff_ffff, 0xffff_ffff_b000_0000, 0xffff_ffff_c050_0010, 0xffff_ffff_c040_8201, .max,
    ] as [UInt64])
  func notCovered(address: UInt64) {
    #expect(Self.symbols.symbol(at: address) == "0x" + String(address, radix: 16))
  }

  @Test("Hidden addresses and lines that are none are passed over")
  func odd() {
    let symbols = KernelSymbols(
      kallsyms: Array(
        "0000000000000000 T hidden\n\nxyz\nffff T\nff T \nfffffffffffffffffff T long\n10 t a\n20 t b".utf8))
    #expect(symbols.symbol(at: 0x18) == "a+0x8")
    #expect(symbols.symbol(at: 0x8) == "0x8")
    #expect(KernelSymbols(kallsyms: []).symbol(at: 1) == "0x1")
  }
}
