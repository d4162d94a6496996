/// How numbers are written in every report: exact counts exact, memory in binary units, estimates in few digits.
public enum Formatting {
  /// `1,234,567`.
  public static func count(_ value: UInt64) -> String {
    var digits: [UInt8] = []
    for (position, digit) in String(value).utf8.reversed().enumerated() {
      if position > 0 && position % 3 == 0 { digits.append(UInt8(ascii: ",")) }
      digits.append(digit)
    }
    return String(decoding: digits.reversed(), as: UTF8.self)
  }

  /// `0`, `512 B`, `1.50 KiB`, `41.0 MiB`: three significant digits, exact below 1 KiB.
  public static func bytes(_ value: UInt64) -> String {
    if value < 1024 { return value == 0 ? "0" : "\(value) B" }
    var scaled = Double(value)
    for unit in ["KiB", "MiB", "GiB", "TiB", "PiB"] {
      scaled /= 1024
      if scaled < 999.5 { return significant(scaled, 3) + " " + unit }
    }
    return significant(scaled / 1024, 3) + " EiB"
  }

  /// `850 ns`, `3.2 ms`, `12.9 s`, `3 min 20 s`.
  public static func duration(_ nanoseconds: UInt64) -> String {
    let value = Double(nanoseconds)
    if value < 1e3 { return "\(nanoseconds) ns" }
    if value < 999.5e3 { return significant(value / 1e3, 3) + " µs" }
    if value < 999.5e6 { return significant(value / 1e6, 3) + " ms" }
    if value < 119.5e9 { return significant(value / 1e9, 3) + " s" }
    let seconds = nanoseconds / 1_000_000_000
    if seconds < 7200 { return "\(seconds / 60) min \(seconds % 60) s" }
    return "\(seconds / 3600) h \(seconds / 60 % 60) min"
  }

  /// Seconds on the trace's clock with six decimals, as trace-cmd prints them: `13.395827`.
  public static func timestamp(_ nanoseconds: UInt64) -> String {
    let micros = nanoseconds / 1000
    let fraction = String(micros % 1_000_000)
    return "\(micros / 1_000_000)." + String(repeating: "0", count: 6 - fraction.count) + fraction
  }

  /// A percentage of a share in 0 ... 1: `0 %`, `<0.1 %`, `4.2 %`, `73 %`.
  public static func percent(_ share: Double) -> String {
    let value = share * 100
    if !(value > 0) { return "0 %" }
    if value < 0.1 { return "<0.1 %" }
    if value < 9.95 { return significant(value, 2) + " %" }
    return significant(value.rounded(), value >= 99.5 ? 3 : 2) + " %"
  }

  /// `0xffff8000`, without padding.
  public static func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }

  /// A positive number with so many significant digits and no exponent.
  public static func significant(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite, value > 0 else { return "0" }
    var decimals = digits - 1
    var magnitude = value
    while magnitude >= 10 {
      magnitude /= 10
      decimals -= 1
    }
    while magnitude < 1 && decimals < 12 {
      magnitude *= 10
      decimals += 1
    }
    return fixed(value, max(0, decimals))
  }

  /// A non-negative number with a fixed number of decimals.
  public static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite, value >= 0, value < 1e15 else { return value > 0 ? "∞" : "0" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (value * scale).rounded()
    guard scaled < 1.8e19 else { return "∞" }
    let whole = UInt64(scaled)
    if decimals == 0 { return String(whole) }
    let divisor = UInt64(scale)
    let fraction = String(whole % divisor)
    return "\(whole / divisor)." + String(repeating: "0", count: decimals - fraction.count) + fraction
  }
}
