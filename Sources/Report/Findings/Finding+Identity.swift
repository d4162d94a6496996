import Replay

extension Finding {
  /// The function of the call site, without its offset and module and without what a compiler appends to its copies;
  /// empty where the recording has none or only an address, which another boot would change.
  var callSiteFunction: String {
    if callSite.hasPrefix("0x") || callSite.hasPrefix("[") { return "" }
    let end = callSite.firstIndex { $0 == "+" || $0 == " " } ?? callSite.endIndex
    let name = callSite[..<end]
    guard let dot = name.firstIndex(of: "."), dot > name.startIndex else { return String(name) }
    return String(name[..<dot])
  }

  /// Sixteen hexadecimal digits that stay the same from recording to recording: of the rule, the device and the
  /// calling function (64-bit FNV-1a).
  var fingerprint: String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in "\(rule.id)\u{0}\(device)\u{0}\(callSiteFunction)".utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// Numbers findings that have the same fingerprint, so that none hides another.
struct FingerprintCounter {
  private var seen: [String: Int] = [:]

  /// `89abcdef01234567:1`, then `…:2`.
  mutating func next(_ finding: Finding) -> String {
    let fingerprint = finding.fingerprint
    let number = (seen[fingerprint] ?? 0) + 1
    seen[fingerprint] = number
    return "\(fingerprint):\(number)"
  }
}
