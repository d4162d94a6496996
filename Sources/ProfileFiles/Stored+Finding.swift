import Replay

extension Finding: Stored {
  init() {
    self.init(rule: Rule.all[0], severity: .hint, device: "", callSite: "", count: 0, examples: [])
  }

  mutating func visit(_ fields: Fields) throws {
    var number = rule.number
    try fields.required("rule", &number)
    if fields.isReading {
      let known = Rule.all.first { $0.number == number }
      try fields.check(known != nil, "rule", "a rule that this version knows, not DMA\(number)")
      if let known { rule = known }
    }
    try fields.word("severity", &severity, \.name)
    try fields.plain("device", &device)
    try fields.plain("callSite", &callSite)
    try fields.plain("count", &count)
    try fields.list("examples", &examples)
    try fields.check(!examples.isEmpty, "examples", "at least one example")
  }
}

extension Finding.Example: Stored {
  init() { self.init(message: "", asked: Finding.Evidence(), before: nil, right: "") }

  mutating func visit(_ fields: Fields) throws {
    try fields.plain("message", &message)
    try fields.one("asked", &asked)
    try fields.optionalOne("before", &before)
    try fields.plain("right", &right)
  }
}

extension Finding.Evidence: Stored {
  init() { self.init(call: "", time: 0, cpu: 0, task: "", pid: nil, parameters: [], frames: []) }

  mutating func visit(_ fields: Fields) throws {
    try fields.plain("call", &call)
    try fields.plain("time", &time)
    try fields.plain("cpu", &cpu)
    try fields.plain("task", &task)
    try fields.optional("pid", &pid)
    try visitParameters(fields)
    try fields.plain("frames", &frames)
  }

  /// Names and values, one after the other.
  private mutating func visitParameters(_ fields: Fields) throws {
    var texts = parameters.flatMap { [$0.name, $0.value] }
    try fields.plain("parameters", &texts)
    guard fields.isReading else { return }
    try fields.check(texts.count.isMultiple(of: 2), "parameters", "a value for each name")
    try fields.take(texts.count * MemoryLayout<String>.stride)
    parameters = stride(from: 0, to: texts.count, by: 2).map { (name: texts[$0], value: texts[$0 + 1]) }
  }
}
