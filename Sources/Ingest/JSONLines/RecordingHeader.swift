import DMAModel

/// What the line about the recording says.
struct RecordingHeader {
  var kernel = ""
  var architecture = ""
  var clock = ""
  var pageSize = 4096
  var cpus = 0
  var isComplete = false

  init() {}

  init(_ line: borrowing JSONLine) throws(JSONProblem) {
    kernel = line[JSONKeys.kernel].map { line.unescaped($0) } ?? ""
    architecture = line[JSONKeys.architecture].map { line.unescaped($0) } ?? ""
    clock = line[JSONKeys.clock].map { line.unescaped($0) } ?? ""
    isComplete = line[JSONKeys.complete]?.kind == .yes
    if let value = line[JSONKeys.pageSize] {
      guard value.kind == .integer, value.number.nonzeroBitCount == 1, 512...(1 << 24) ~= value.number else {
        throw JSONProblem(Int(value.start), "bytes of a page, a power of two")
      }
      pageSize = Int(value.number)
    }
    if let value = line[JSONKeys.cpus] {
      guard value.kind == .integer, value.number <= 1 << 16 else {
        throw JSONProblem(Int(value.start), "a number of CPUs")
      }
      cpus = Int(value.number)
    }
  }

  func describe(_ recording: inout Recording) {
    (recording.kernel, recording.architecture, recording.clock) = (kernel, architecture, clock)
    (recording.pageSize, recording.cpus, recording.isComplete) = (pageSize, cpus, isComplete)
  }
}
