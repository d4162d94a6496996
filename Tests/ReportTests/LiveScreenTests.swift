import Replay
import Testing

@testable import Report

@Suite("A summary on a screen") struct LiveScreenTests {
  static let sizes = [(50, 120), (24, 80), (20, 50), (10, 40), (4, 30), (1, 80)]

  @Test("fits it, with colour and without", arguments: sizes)
  func fits(rows: Int, columns: Int) {
    for color in [false, true] {
      let lines = LiveScreen(Profiles.board, options: TextOptions(color: color))
        .lines(rows: rows, columns: columns)
      #expect(!lines.isEmpty && lines.count <= rows)
      for line in lines {
        let plain = line.replacing(/\u{1b}\[\d*m/, with: "")
        #expect(DisplayWidth.of(plain) <= columns, "\(plain)")
      }
    }
  }

  @Test("has the answer and the devices where there is room for little")
  func keeps() {
    let lines = LiveScreen(Profiles.board, options: TextOptions()).lines(rows: 20, columns: 50)
    #expect(lines.contains { $0.hasPrefix("Coherency ") })
    #expect(lines.contains { $0.hasPrefix("0000:00:") })
  }

  @Test("says what is mapped now, not at the end")
  func now() {
    let text = LiveScreen(Profiles.board, options: TextOptions()).render()
    #expect(text.contains("\nNow  ") && !text.contains("At the end") && !text.contains("at end"))
    #expect(TextReport(Profiles.board, options: TextOptions()).render().contains("\nAt the end  "))
  }
}
