/// ANSI colours, or none.
struct Paint: Sendable {
  enum Style {
    case heading, quiet, caveat, alarm

    fileprivate var code: String {
      switch self {
      case .heading: "1"
      case .quiet: "2"
      case .caveat: "33"
      case .alarm: "31"
      }
    }
  }

  let enabled: Bool

  func callAsFunction(_ text: String, _ style: Style?) -> String {
    guard enabled, let style, !text.isEmpty else { return text }
    return "\u{1b}[\(style.code)m\(text)\u{1b}[0m"
  }
}
