/// The outline of a histogram as path data: one unit of width a value, the base line at `height`.
enum StepPath {
  /// An area from the base line up to each value; neighbours of one height are joined, and zeros left out.
  static func area(_ heights: [Int], height: Int = 1000) -> String {
    var path = ""
    var index = 0
    while index < heights.count {
      if heights[index] <= 0 {
        index += 1
        continue
      }
      path += "M\(index) \(height)"
      while index < heights.count, heights[index] > 0 {
        let level = heights[index]
        var run = 1
        while index + run < heights.count, heights[index + run] == level { run += 1 }
        path += "V\(height - min(height, level))h\(run)"
        index += run
      }
      path += "V\(height)z"
    }
    return path
  }

  /// The outline alone, from the first value to the last.
  static func line(_ heights: [Int], height: Int = 1000) -> String {
    var path = ""
    var index = 0
    while index < heights.count {
      let level = heights[index]
      var run = 1
      while index + run < heights.count, heights[index + run] == level { run += 1 }
      let y = height - min(height, max(0, level))
      path += path.isEmpty ? "M0 \(y)h\(run)" : "V\(y)h\(run)"
      index += run
    }
    return path
  }

  /// Whole-height bands over these places, neighbours joined.
  static func bands(_ places: [Int], height: Int = 1000) -> String {
    var path = ""
    var index = 0
    let sorted = places.sorted()
    while index < sorted.count {
      let first = sorted[index]
      var last = first
      while index + 1 < sorted.count, sorted[index + 1] <= last + 1 {
        index += 1
        last = sorted[index]
      }
      path += "M\(first) 0h\(last - first + 1)v\(height)h-\(last - first + 1)z"
      index += 1
    }
    return path
  }

  /// A value's height, at least 4 of 1000 for what is not nothing.
  static func height(_ share: Double) -> Int {
    share > 0 ? max(4, Int((Numbers.unit(share) * 1000).rounded())) : 0
  }
}
