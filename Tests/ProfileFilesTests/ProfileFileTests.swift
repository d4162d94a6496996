import Foundation
import ProfileFiles
import Replay
import Report
import Testing

@Suite struct ProfileFileTests {
  private static func report(_ profile: Profile) throws -> String {
    let text = TextReport(
      profile, options: TextOptions(width: 120, color: false, verbose: true, top: 50, showLive: true))
    return try JSONReport(profile, toolVersion: "1", includeLive: true).render() + text.render()
      + HTMLReport(profile, toolVersion: "1").render()
  }

  @Test(arguments: FixtureProfiles.names + ["stack-b.dat", "trunc-b.dat", "coh-b.dat"])
  func `A profile that was saved and read gives the same reports, byte for byte`(name: String) throws {
    let profile = try FixtureProfiles.profile(name)
    let again = try ProfileFile.read(ProfileFile.json(profile), name: name)
    #expect(try Self.report(again) == Self.report(profile))
    #expect(try ProfileFile.json(again) == ProfileFile.json(profile))
  }

  @Test func `The largest numbers come back as they were`() throws {
    var profile = Profile()
    var device = DeviceProfile()
    device.name = "disk"
    device.map.bytes = .max
    device.highestAddress = .max - 1
    device.addressing = .direct(offset: .min)
    device.lifetimes.record(.max)
    profile.devices = [device]
    let again = try ProfileFile.read(ProfileFile.json(profile), name: "")
    #expect(again.devices[0].map.bytes == UInt64.max)
    #expect(again.devices[0].highestAddress == UInt64.max - 1)
    #expect(again.devices[0].addressing == .direct(offset: .min))
    #expect(again.devices[0].lifetimes == device.lifetimes)
    #expect(again.totals.map.bytes == UInt64.max)
  }

  @Test func `A profile cut anywhere is refused`() throws {
    let json = try ProfileFile.json(try #require(FixtureProfiles.all.first))
    for part in 0..<64 {
      let cut = Array(json.prefix(json.count * part / 64))
      #expect(throws: ProfileFileError.self) { try ProfileFile.read(cut, name: "cut") }
    }
  }

  private static func read(_ content: String, schema: String = ProfileFile.schema) throws -> Profile {
    try ProfileFile.read(Array("{\"schema\":\"\(schema)\",\"profile\":\(content)}".utf8), name: "x.dmaprof")
  }

  @Test func `Unknown keys are passed over, and missing ones are nothing`() throws {
    let profile = try Self.read("{\"future\":[{\"x\":null}]}")
    #expect(profile.devices.isEmpty)
    #expect(profile.totals.map == CallCounts())
  }

  @Test func `Another version is refused by its name`() throws {
    let error = #expect(throws: ProfileFileError.self) { try Self.read("{}", schema: "dmascope.profile/2") }
    #expect(
      error?.description.contains("x.dmaprof: expected schema dmascope.profile/1, found dmascope.profile/2")
        == true)
  }

  @Test(arguments: [
    #""devices":[{"name":"a","coherentBecause":"assumed","maskBecause":"set","mapsByDirection":[{},{},{}],"map":{"calls":-1}}]"#,
    #""devices":[{"name":"a","coherentBecause":"assumed","maskBecause":"set","mapsByDirection":[{}]}]"#,
    #""devices":[{"name":"a","coherentBecause":"magic","maskBecause":"set","mapsByDirection":[{},{},{}]}]"#,
    #""devices":[{"name":"a","coherentBecause":"assumed","maskBecause":"set","mapsByDirection":[{},{},{}],"byWidth":[{"bits":65,"bytes":1}]}]"#,
    #""devices":[{"name":"a","coherentBecause":"assumed","maskBecause":"set","mapsByDirection":[{},{},{}],"lifetimes":{"buckets":[496],"counts":[1]}}]"#,
    #""devices":7"#,
    #""findings":[{"rule":9999,"severity":"error","examples":[{}]}]"#,
    #""findings":[{"rule":203,"severity":"error"}]"#,
    #""recording":{"cpus":-3}"#,
    #""recording":{"lastTime":18446744073709551616}"#,
    #""timeline":{"bucketNs":1000}"#,
    #""timeline":{"bucketNs":1024,"buckets":1000000000}"#,
    #""timeline":{"bucketNs":1024,"buckets":1,"series":[{"device":"a","maps":[1,2]}]}"#,
    #""timeline":{"bucketNs":1024,"buckets":1,"lossBuckets":[-1]}"#,
    #""platform":{"cacheLine":0,"partialLines":"cleaned"}"#,
    #""platform":{"cacheLine":64,"partialLines":"cleaned","memory":[2,1]}"#,
  ])
  func `What cannot be is refused`(field: String) throws {
    #expect(throws: ProfileFileError.self) {
      try Self.read("{\(field)}")
    }
  }

  @Test func `A file of many rows cannot ask for values without end`() throws {
    func timeline(_ series: String, _ count: Int) -> String {
      let all = repeatElement(series, count: count).joined(separator: ",")
      return "{\"timeline\":{\"bucketNs\":1024,\"buckets\":512,\"series\":[\(all)]}}"
    }
    let few = try Self.read(timeline("{\"device\":\"a\",\"maps\":[7]}", 3)).timeline.series
    #expect(few.count == 3 && few[2].maps == [7] + [UInt64](repeating: 0, count: 511))
    #expect(few[2].unmaps == [UInt64](repeating: 0, count: 512))
    let error = #expect(throws: ProfileFileError.self) {
      try Self.read(timeline("{\"device\":\"a\",\"maps\":[7]}", 16_385))
    }
    #expect(error?.description.contains("in all") == true)
  }

  @Test func `A profile that anybody has changed anywhere is refused or reported, and harms nobody`() throws {
    var generator = Numbers(state: 7)
    let json = try ProfileFile.json(FixtureProfiles.profile("mixed-b.dat"))
    let numbers = [
      "-1", "0", "18446744073709551615", "9223372036854775807", "1e308", "\"\"", "null", "[]", "65536",
    ]
    var reported = 0
    for _ in 0..<150 {
      let changed = Self.replacingNumber(in: json, &generator, by: numbers)
      guard let profile = try? ProfileFile.read(changed, name: "changed") else { continue }
      reported += 1
      _ = try Self.report(profile)
      var twice = profile
      try twice.merge(profile)
      _ = try ProfileFile.json(twice)
    }
    #expect(reported > 30)
  }

  /// The text with one of its numbers, anywhere, replaced.
  private static func replacingNumber(
    in json: [UInt8], _ generator: inout Numbers, by texts: [String]
  ) -> [UInt8] {
    func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    var start = Int.random(in: 0..<json.count, using: &generator)
    while start < json.count, !(isDigit(json[start]) && [0x3a, 0x2c, 0x5b].contains(json[start - 1])) {
      start += 1
    }
    let end = json[start...].firstIndex { !isDigit($0) } ?? json.count
    let text = texts[Int.random(in: texts.indices, using: &generator)]
    return json[..<start] + Array(text.utf8) + json[end...]
  }
}

/// Random numbers that are the same in every run.
struct Numbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}
