import Testing
@testable import Report
@Suite struct Show {
  @Test func show() {
    print(TextReport(Profiles.board, options: TextOptions(width: 100, verbose: true, showLive: true)).render())
    print(TextReport(Profiles.board, options: TextOptions(width: 80)).render())
    print(TextReport(Profiles.board, options: TextOptions(width: 60)).render())
  }
}
