import Foundation
import Testing

/// Names in a recording come from the kernel and from whoever started a task: they are data, wherever they land.
@Suite("Hostile names in a recording")
struct HostileNameTests {
  /// As long as the device name that they replace. Tests are given their numbers, so that logs stay readable.
  static let hostile = [
    "\u{1b}]0;xyz\u{7}\u{1b}[2J", "<script>a</>", "\"><img src=x", "]]>--><b>&\"'", "a\r\nb\tc\0\0\0\0\0\0",
    "\u{202e}\u{2066}012345", "$(id)`id`|,;",
  ]

  /// A recording whose one device, and whose task `fio`, have other names.
  static func recording(device: String, task: String = "fio", in folder: URL) throws -> String {
    var bytes = try Recording("v7-uncompressed.dat.zst").bytes
    for (old, new) in [("0000:00:03.0\0", device + "\0"), (" fio\n", " \(task)\n")] {
      let (old, new) = (Array(old.utf8), Array(new.utf8))
      try #require(old.count == new.count, "\(new)")
      var count = 0
      var start = 0
      while let found = bytes[start...].firstRange(of: old) {
        bytes.replaceSubrange(found, with: new)
        start = found.upperBound
        count += 1
      }
      try #require(count > 0, "no \(old)")
    }
    let file = folder.appendingPathComponent("hostile.dat")
    try Data(bytes).write(to: file)
    return file.path
  }

  @Test("do not reach the terminal raw", arguments: hostile.indices)
  func terminal(index: Int) throws {
    let name = Self.hostile[index]
    try withTemporaryFolder { folder in
      let path = try Self.recording(device: name, task: "\u{1b}[m", in: folder)
      for command in [["report", path, "-v"], ["info", path]] {
        let outcome = try Program.run(command)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let raw = (outcome.text + outcome.errors).unicodeScalars.filter {
          ($0.value < 0x20 && $0 != "\n") || (0x7f...0x9f).contains($0.value)
            || (0x202a...0x202e).contains($0.value) || (0x2066...0x2069).contains($0.value)
        }
        #expect(raw.map(\.value) == [])
      }
    }
  }

  @Test("do not become markup", arguments: hostile.indices)
  func page(index: Int) throws {
    let name = Self.hostile[index]
    try withTemporaryFolder { folder in
      let path = try Self.recording(device: name, task: "<u>", in: folder)
      let outcome = try Program.run(["report", path, "--html", "-"])
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(
        outcome.text.contains("&lt;u&gt;") || outcome.text.contains("&lt;u>"), "the task's name is not there")
      for markup in ["<script>a", "<img", "<u>", "--><b>", "\"><img", "\u{1b}", "\u{202e}", "\u{7}"] {
        #expect(!outcome.text.contains(markup), "\(markup)")
      }
    }
  }

  @Test("are exact in JSON", arguments: hostile.indices)
  func json(index: Int) throws {
    let name = Self.hostile[index]
    try withTemporaryFolder { folder in
      let path = try Self.recording(device: name, in: folder)
      let report = try Report(try Program.run(["report", path, "--json", "-"]))
      let device = String(name.prefix { $0 != "\0" })
      #expect(report.devices.map(\.name) == [device])
      #expect(report.devices.first?.map.calls == 512)
    }
  }
}
