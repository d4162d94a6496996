import Testing

@testable import ProfileFiles

/// The reader of JSON beneath saved profiles, held against RFC 8259.
@Suite struct JSONTextTests {
  @Test(arguments: [
    "{}", " [ ] \r\n\t", "0", "-0.5e+10", "1E3", "\"\"",
    "\"\\u00e9\\ud83d\\ude00\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "true",
    "[null,false,{\"a\":[{}]}]", "\"é😀\"",
    String(repeating: "[", count: 128) + String(repeating: "]", count: 128),
  ])
  func `What is JSON is read`(text: String) {
    #expect(throws: Never.self) { try JSONText(Array(text.utf8)) }
  }

  @Test(arguments: [
    "", " ", "{", "[1", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "01", "1.", ".5", "1e",
    "+1", "-", "tru",
    "nul", "'a'", "\"", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"",
    "\"\n\"", "[1 2]",
    "{} {}", "]", "{]", "[}", "\u{feff}{}", "NaN",
    String(repeating: "[", count: 129) + String(repeating: "]", count: 129),
  ])
  func `What is not JSON is refused`(text: String) {
    #expect(throws: JSONFault.self) { try JSONText(Array(text.utf8)) }
  }

  @Test func `Bytes that are no UTF-8 are refused`() {
    for bytes in [[0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80]] as [[UInt8]] {
      #expect(throws: JSONFault.self) { try JSONText([0x22] + bytes + [0x22]) }
    }
  }

  @Test func `Values are what they are written as`() throws {
    let text = try JSONText(
      Array(
        #"{"i":-9223372036854775808,"u":18446744073709551615,"d":1.5e1,"s":"é\u00e9\ud83d\ude00\n\"","o":{"x":[1,2,3]}, "o" : null,"b":true,"m":{"k":"v"}}"#
          .utf8))
    let object = try JSONObject(text, 0)
    func read<Value: StoredValue>(_ name: String, as: Value.Type) throws -> Value {
      try Value.read(text, try #require(object[name]))
    }
    #expect(try read("i", as: Int64.self) == .min)
    #expect(try read("u", as: UInt64.self) == .max)
    #expect(try read("d", as: Double.self) == 15)
    #expect(try read("d", as: Int.self) == 15)
    #expect(try read("s", as: String.self) == "éé😀\n\"")
    #expect(try read("b", as: Bool.self))
    #expect(try read("m", as: [String: String].self) == ["k": "v"])
    // Of members with the same name the last one counts.
    #expect(object["o"] == nil && object["z"] == nil)
    #expect(throws: JSONFault.self) { try read("u", as: Int64.self) }
    #expect(throws: JSONFault.self) { try read("i", as: UInt64.self) }
    #expect(throws: JSONFault.self) { try read("s", as: Bool.self) }
    #expect(throws: JSONFault.self) { try read("b", as: [Int].self) }
  }

  private static func problem(_ content: String) -> String? {
    let json = Array("{\"schema\":\"\(ProfileFile.schema)\",\"profile\":{\(content)}}".utf8)
    do throws(ProfileFileError) {
      _ = try ProfileFile.read(json, name: "x")
      return nil
    } catch { return error.description }
  }

  @Test func `What is wrong is told with its place`() {
    #expect(
      Self.problem(#""tasks":[{},{"apiCalls":"7"}]"#)?.hasPrefix("x: profile.tasks[1].apiCalls: expected a ")
        == true)
    #expect(Self.problem(#""timeline":{}"#) == "x: profile.timeline.bucketNs: expected a value, found none")
    #expect(
      Self.problem(#""recording":{"cpus":-3}"#) == "x: profile.recording.cpus: expected a number of CPUs")
    #expect(Self.problem(#""devices":7"#) == "x: profile.devices: expected a list, found something else")
  }

  @Test(arguments: [
    #""tasks":[@{}]"#, #""pools":[@{}]"#, #""recording":{"buffers":[@{}]}"#,
    #""recording":{"undecodedEvents":[@""]}"#,
    #""devices":[@{"coherentBecause":"assumed","maskBecause":"set","mapsByDirection":[{},{},{}]}]"#,
  ])
  func `Small things without end take no more memory than a file of this size may`(form: String) throws {
    let place = try #require(form.firstIndex(of: "@"))
    let end = try #require(form.lastIndex(of: "]"))
    let one = String(form[form.index(after: place)..<end])
    let many = Array(repeatElement(one, count: (4 << 20) / (one.utf8.count + 1))).joined(separator: ",")
    #expect(Self.problem(form[..<place] + many + form[end...])?.contains("MiB of values in all") == true)
    #expect(Self.problem(form[..<place] + one + form[end...])?.contains("MiB of values in all") != true)
  }
}
