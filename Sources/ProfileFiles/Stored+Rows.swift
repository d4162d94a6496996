import DMAModel
import Replay

extension Fields {
  /// An enumeration with numbers, by the names of its cases.
  func word<Value: CaseIterable & Equatable>(
    _ name: String, _ value: inout Value, _ words: (Value) -> String
  ) throws {
    var word = words(value)
    try required(name, &word)
    guard isReading else { return }
    value = try known(Value.allCases.first { words($0) == word }, name, word) ?? value
  }
}

extension Operation {
  /// Its name in files.
  var word: String {
    switch self {
    case .map: "map"
    case .unmap: "unmap"
    case .syncForCPU: "syncForCPU"
    case .syncForDevice: "syncForDevice"
    case .allocate: "allocate"
    }
  }
}

extension MaintenanceStep {
  /// Its name in files.
  var word: String {
    switch self {
    case .forDevice: "forDevice"
    case .forCPU: "forCPU"
    case .prepare: "prepare"
    }
  }
}

extension OperationProfile: Stored {
  mutating func visit(_ fields: Fields) throws {
    try fields.plain("device", &device)
    try fields.word("operation", &operation, \.word)
    try fields.word("direction", &direction, \.name)
    try fields.plain("apiCalls", &apiCalls)
    try fields.one("maintenance", &maintenance)
    try fields.one("work", &work)
    try fields.plain("bouncedBytes", &bouncedBytes)
    try fields.plain("iotlbInvalidations", &iotlbInvalidations)
  }
}

extension CallSiteProfile: Stored {
  mutating func visit(_ fields: Fields) throws {
    try fields.plain("frames", &frames)
    try fields.plain("caller", &caller)
    try fields.plain("device", &device)
    try fields.word("operation", &operation, \.word)
    try fields.plain("apiCalls", &apiCalls)
    try fields.one("maintenance", &maintenance)
    try fields.one("work", &work)
    try fields.plain("bouncedBytes", &bouncedBytes)
    try fields.plain("iotlbInvalidations", &iotlbInvalidations)
  }
}

extension TaskProfile: Stored {
  mutating func visit(_ fields: Fields) throws {
    try fields.plain("name", &name)
    try fields.plain("pids", &pids)
    try fields.plain("apiCalls", &apiCalls)
    try fields.one("work", &work)
    try fields.plain("bouncedBytes", &bouncedBytes)
    try fields.plain("iotlbInvalidations", &iotlbInvalidations)
  }
}

extension Avoidable: Stored {
  mutating func visit(_ fields: Fields) throws {
    try fields.choice("kind", &kind)
    try fields.plain("device", &device)
    try fields.plain("callSite", &callSite)
    try fields.word("direction", &direction, \.name)
    try fields.plain("calls", &calls)
    try fields.plain("ofCalls", &ofCalls)
    try fields.one("work", &work)
    try fields.plain("bouncedBytes", &bouncedBytes)
    try fields.plain("iotlbInvalidations", &iotlbInvalidations)
    try fields.plain("memoryBytes", &memoryBytes)
    try fields.plain("upperBound", &isUpperBound)
  }
}

extension LiveMapping: Stored {
  mutating func visit(_ fields: Fields) throws {
    try fields.plain("device", &device)
    try fields.choice("kind", &kind)
    try fields.plain("busAddress", &busAddress)
    try fields.optional("physicalAddress", &physicalAddress)
    try fields.plain("size", &size)
    try fields.word("direction", &direction, \.name)
    try fields.plain("mappedAt", &mappedAt)
    try fields.plain("age", &age)
    try fields.plain("uncertain", &uncertain)
    try fields.plain("task", &task)
    try fields.plain("callSite", &callSite)
  }
}

extension Timeline: Stored {
  mutating func visit(_ fields: Fields) throws {
    try fields.plain("start", &start)
    try fields.required("bucketNs", &bucketNs)
    try fields.plain("buckets", &buckets)
    try fields.plain("lossBuckets", &lossBuckets)
    try fields.list("series", &series)
    try fields.check(bucketNs.nonzeroBitCount == 1, "bucketNs", "a power of two")
    try fields.check(
      0...Timeline.bucketLimit ~= buckets, "buckets", "from 0 to \(Timeline.bucketLimit) buckets")
    try fields.check(
      lossBuckets.allSatisfy { $0 >= 0 && $0 < Timeline.bucketLimit }, "lossBuckets", "numbers of buckets")
    guard fields.isReading else { return }
    let zeros = [UInt64](repeating: 0, count: buckets)
    for index in series.indices {
      // A row of one value in the file has as many in memory as there are buckets.
      try fields.take(series[index].missingValues(buckets) * MemoryLayout<UInt64>.stride)
      try fields.check(
        series[index].fill(zeros), "series", "at most as many values as there are buckets")
    }
  }
}

extension DeviceSeries: Stored {
  mutating func visit(_ fields: Fields) throws {
    try fields.plain("device", &device)
    for row in DeviceSeries.all { try values(row.name, &self[keyPath: row.path], fields) }
  }

  /// Zeros at the end are left out.
  private func values(_ name: String, _ values: inout [UInt64], _ fields: Fields) throws {
    var kept = fields.isReading ? [] : Array(values.prefix((values.lastIndex { $0 != 0 } ?? -1) + 1))
    try fields.plain(name, &kept)
    if fields.isReading { values = kept }
  }

  /// How many zeros rows that take memory of their own lack.
  fileprivate func missingValues(_ buckets: Int) -> Int {
    DeviceSeries.all.map { self[keyPath: $0.path].count }.reduce(0) {
      $1 > 0 ? $0 + max(0, buckets - $1) : $0
    }
  }

  /// Puts them back; false if there are more values than zeros, which are as many as buckets.
  fileprivate mutating func fill(_ zeros: [UInt64]) -> Bool {
    for path in DeviceSeries.all.map(\.path) {
      let count = self[keyPath: path].count
      guard count <= zeros.count else { return false }
      if count == 0 {
        // All of these rows are one in memory.
        self[keyPath: path] = zeros
      } else {
        var row: [UInt64] = []
        row.reserveCapacity(zeros.count)
        row += self[keyPath: path]
        row += zeros.dropFirst(count)
        self[keyPath: path] = row
      }
    }
    return true
  }
}
