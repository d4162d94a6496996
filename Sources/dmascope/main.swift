import DMAModel
import Ingest
var n = 0
let t = try Trace(path: CommandLine.arguments[1])
var runs = 0
var last: UInt64 = 0
var disorder = 0
t.forEachRun { e, s in n += e.count; runs += 1; if e[0].time < last { disorder += 1}; last = e[e.count-1].time; return true }
let r = t.recording()
print(n, runs, disorder, r.format, r.kernel, r.architecture, r.clock, r.cpus, r.lostEvents, r.lostWindows, r.problems, r.skipped)
print(r.eventsByName.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
