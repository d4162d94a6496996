/// Call sites as other builds and boots would know them.
enum CallSiteName {
  /// The function of a frame with its module, without its offset and without what a compiler appends to its copies; nil
  /// for a bare address, which another boot would change.
  ///
  /// `e1000_clean_rx_irq.isra.0+0x1c [e1000]` is `e1000_clean_rx_irq [e1000]`.
  static func function(_ frame: String) -> String? {
    if frame.isEmpty || frame.hasPrefix("0x") || frame.hasPrefix("[") { return nil }
    let end = frame.firstIndex { $0 == "+" || $0 == " " } ?? frame.endIndex
    var name = frame[..<end]
    if let dot = name.firstIndex(of: "."), dot > name.startIndex { name = name[..<dot] }
    guard let module = module(frame) else { return String(name) }
    return "\(name) [\(module)]"
  }

  /// The module of a frame; nil for the kernel itself.
  static func module(_ frame: String) -> Substring? {
    guard frame.last == "]", let open = frame.lastIndex(of: "[") else { return nil }
    let name = frame[frame.index(after: open)...].dropLast()
    return name.isEmpty ? nil : name
  }

  /// Stands for all callers that have no name.
  static let unnamed = "(unnamed callers)"
}
