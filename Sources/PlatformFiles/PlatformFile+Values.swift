import Replay
import YAMLFiles
import Yams

// The kinds of values in a platform file.
extension PlatformFile {
  func choice<Value: RawRepresentable<String>>(
    _ node: Node, _ values: [Value]
  ) throws(YAMLFileError) -> Value {
    guard let value = node.scalar.flatMap({ Value(rawValue: $0.string) }) else {
      throw misfit(node, "one of \(values.map(\.rawValue).joined(separator: ", "))")
    }
    return value
  }

  func architecture(_ node: Node) throws(YAMLFileError) -> String {
    let names = Architecture.all.map(\.name)
    guard let name = node.scalar?.string, names.contains(name) else {
      throw misfit(node, "one of \(names.joined(separator: ", "))")
    }
    return name
  }

  /// Decimal, or hexadecimal after `0x`.
  func number(_ node: Node) throws(YAMLFileError) -> UInt64 {
    guard let value = node.scalar.flatMap({ PlatformFile.number($0.string) }) else {
      throw misfit(node, "a number, such as 4294967295 or 0xffffffff")
    }
    return value
  }

  func powerOfTwo(_ node: Node, _ range: ClosedRange<UInt64>) throws(YAMLFileError) -> UInt64 {
    guard let value = node.scalar.flatMap({ PlatformFile.number($0.string) }), value.nonzeroBitCount == 1,
      range.contains(value)
    else {
      throw misfit(node, "a power of two from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  private static let units: [(String, UInt64)] = [
    ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("K", 1 << 10), ("M", 1 << 20), ("G", 1 << 30),
  ]

  /// Bytes, with a unit or without.
  func bytes(_ node: Node) throws(YAMLFileError) -> UInt64 {
    if let text = node.scalar?.string {
      let unit = PlatformFile.units.first { text.hasSuffix($0.0) }
      let digits = text.dropLast(unit?.0.count ?? 0)
      let number = PlatformFile.number(digits.last == " " ? digits.dropLast() : digits)
      if let number, case (let value, let overflow) = number.multipliedReportingOverflow(by: unit?.1 ?? 1),
        !overflow
      {
        return value
      }
    }
    throw misfit(node, "bytes, such as 67108864 or 64MiB")
  }

  /// `0x40000000-0x7fffffff`, first and last byte, one or a list.
  func ranges(_ node: Node) throws(YAMLFileError) -> [ClosedRange<UInt64>] {
    guard let sequence = node.sequence else { return [try range(node)] }
    var ranges: [ClosedRange<UInt64>] = []
    for element in sequence { ranges.append(try range(element)) }
    return ranges
  }

  private func range(_ node: Node) throws(YAMLFileError) -> ClosedRange<UInt64> {
    let ends = node.scalar?.string.split(separator: "-", omittingEmptySubsequences: false)
      .map { PlatformFile.number($0) }
    guard let ends, ends.count == 2, let first = ends[0], let last = ends[1], first <= last else {
      throw misfit(node, "a range such as 0x40000000-0x7fffffff, first and last byte")
    }
    return first...last
  }

  private func nanoseconds(_ node: Node) throws(YAMLFileError) -> Double {
    guard let value = node.scalar.flatMap({ Double($0.string) }), value >= 0, value <= 1e9 else {
      throw misfit(node, "nanoseconds from 0 to 1000000000")
    }
    return value
  }

  /// `3`, `[1, 3, 9]`, or `{low: 1, mid: 3, high: 9, source: text, measured: true}`.
  func price(_ node: Node) throws(YAMLFileError) -> Price {
    var price = Price(Estimate(), source: path, isMeasured: false)
    if let sequence = node.sequence {
      guard sequence.count == 3 else { throw misfit(node, "three numbers: low, mid, high") }
      price.range = Estimate(
        low: try nanoseconds(sequence[0]), mid: try nanoseconds(sequence[1]),
        high: try nanoseconds(sequence[2]))
    } else if case .mapping(let mapping) = node {
      price = try self.price(mapping, node)
    } else {
      let value = try nanoseconds(node)
      price.range = Estimate(low: value, mid: value, high: value)
    }
    guard price.range.low <= price.range.mid, price.range.mid <= price.range.high else {
      throw YAMLFileError("\(place(node)): expected low ≤ mid ≤ high")
    }
    return price
  }

  private func price(_ mapping: Node.Mapping, _ node: Node) throws(YAMLFileError) -> Price {
    var price = Price(Estimate(), source: path, isMeasured: false)
    var ends: (low: Double?, mid: Double?, high: Double?)
    for (key, value) in mapping {
      switch key.scalar?.string {
      case "low": ends.low = try nanoseconds(value)
      case "mid": ends.mid = try nanoseconds(value)
      case "high": ends.high = try nanoseconds(value)
      case "source": price.source = try text(value)
      case "measured": price.isMeasured = try truth(value)
      default: throw misfit(key, "low, mid, high, source or measured")
      }
    }
    guard let mid = ends.mid else { throw misfit(node, "a price with mid") }
    price.range = Estimate(low: ends.low ?? mid, mid: mid, high: ends.high ?? mid)
    return price
  }
}
