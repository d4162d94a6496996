import DMAModel
import Replay
import Testing

@testable import Report

@Suite struct HTMLReportTests {
  static func page(_ profile: Profile) -> String { HTMLReport(profile, toolVersion: "1.2.3").render() }

  /// What a person reads: everything but tags, style and script.
  static func text(_ page: String) -> String {
    var text: [UInt8] = []
    var inTag = false
    let body = page[(page.firstRange(of: "<body>")?.upperBound ?? page.startIndex)...]
    let end = body.firstRange(of: "<script>")?.lowerBound ?? body.endIndex
    for byte in body[..<end].utf8 {
      if byte == UInt8(ascii: "<") { inTag = true }
      if !inTag { text.append(byte) }
      if byte == UInt8(ascii: ">") {
        inTag = false
        text.append(UInt8(ascii: " "))
      }
    }
    return String(decoding: text, as: UTF8.self).split(separator: " ").joined(separator: " ")
  }

  @Test(arguments: [Profile(), Profiles.board, Profiles.crowded(devices: 64), Profiles.attack])
  func `every tag is closed, every attribute quoted, every id distinct and every reference met`(
    _ profile: Profile
  ) {
    let outline = HTMLOutline(Self.page(profile))
    #expect(outline.problems.isEmpty, "\(outline.problems.prefix(5))")
    let ids = outline.values(of: "id")
    #expect(Set(ids).count == ids.count)
    let fragments = outline.values(of: "href").map {
      $0.hasPrefix("#") ? String($0.dropFirst()) : "not a fragment"
    }
    for reference in Set(fragments + outline.values(of: "aria-labelledby")) {
      #expect(ids.contains(reference), "\(reference)")
    }
  }

  @Test(arguments: [Profile(), Profiles.board, Profiles.crowded(devices: 64), Profiles.attack])
  func `nothing is fetched from anywhere`(_ profile: Profile) {
    let page = Self.page(profile)
    let outline = HTMLOutline(page)
    for attribute in ["src", "srcset", "action", "data", "xlink:href", "poster", "background"] {
      #expect(outline.values(of: attribute).isEmpty, "\(attribute)")
    }
    for element in ["link", "img", "iframe", "object", "embed", "use", "base", "form"] {
      #expect(!outline.elements.contains { $0.name == element }, "\(element)")
    }
    for word in ["http:", "https:", "url(", "@import", "fetch(", "XMLHttpRequest", "innerHTML", "eval("] {
      #expect(!page.contains(word), "\(word)")
    }
    #expect(page.contains("content=\"default-src 'none'; "))
  }

  @Test func `text from a trace never becomes markup`() {
    let page = Self.page(Profiles.attack)
    let outline = HTMLOutline(page)
    #expect(outline.elements.filter { $0.name == "script" }.count == 1)
    #expect(!outline.elements.contains { $0.attributes.contains { $0.name.hasPrefix("on") } })
    #expect(!page.contains("<img"))
    #expect(!page.contains("\u{202e}"))
    #expect(page.contains("&lt;/script&gt;&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;"))
  }

  @Test func `no text from a trace is in the script or the style`() {
    let parts = { (page: String) in
      page.split(separator: "<script>").dropFirst().joined()
        + page.split(separator: "style>").dropFirst().prefix(1).joined()
    }
    #expect(parts(Self.page(Profiles.attack)) == parts(Self.page(Profile())))
  }

  @Test func `a crowded trace stays below 2 MiB`() {
    #expect(Self.page(Profiles.crowded(devices: 64)).utf8.count < 2 << 20)
    #expect(Self.page(Profiles.crowded(devices: 1000)).utf8.count < 2 << 20)
  }

  @Test func `names of any length do not make the page large`() {
    var profile = Profiles.crowded(devices: 128)
    let long = String(repeating: "é<", count: 50_000)
    for index in profile.devices.indices { profile.devices[index].name = "\(index)" + long }
    for index in profile.callSites.indices {
      profile.callSites[index].frames = [String](repeating: long, count: 60)
    }
    for index in profile.live.indices { profile.live[index].callSite = long }
    profile.caveats = [String](repeating: long, count: 100)
    profile.recording.problems = profile.caveats
    let page = Self.page(profile)
    #expect(page.utf8.count < 2 << 20, "\(page.utf8.count)")
    #expect(HTMLOutline(page).problems.isEmpty)
  }

  @Test func `the same profile gives the same page`() {
    #expect(Self.page(Profiles.crowded(devices: 20)) == Self.page(Profiles.crowded(devices: 20)))
  }

  @Test func `an empty recording is said to be empty`() {
    let text = Self.text(Self.page(Profile()))
    #expect(text.contains("The recording holds no events of the DMA API."))
    #expect(!text.contains("Over time"))
    #expect(text.contains("How the numbers are defined"))
  }

  @Test func `the answer stands at the top, what limits it above it`() throws {
    let text = Self.text(Self.page(Profiles.board))
    let caveat = try #require(text.firstRange(of: "That the devices are not coherent is assumed"))
    let lines = try #require(
      text.firstRange(of: "73,600 cache lines (4.49 MiB) cleaned or invalidated in 2,399 calls"))
    let time = try #require(text.firstRange(of: "Over time 2.00 s in 4 steps"))
    #expect(caveat.upperBound < lines.lowerBound && lines.upperBound < time.lowerBound)
    for fact in [
      "0.80–4.0 ms CPU time", "platform arm64, uncalibrated", "equal to the model", "75 % of the bytes of",
      "150 mappings 220 KiB copied in, 220 KiB out", "cause: mask 150",
      "1 mapping 4.00 KiB in streaming mappings", "takes 87 %, 100 % of that in map TO_DEVICE.",
    ] {
      #expect(text.contains(fact), "\(fact)")
    }
  }

  @Test func `lines of calls that do nothing are kept apart`() {
    let text = Self.text(Self.page(Profiles.board))
    #expect(text.contains("for CPU, TO_DEVICE (nothing)"))
    #expect(text.contains("0000:00:03.0 for device, TO_DEVICE: 64,000 lines, 50 %"))
    #expect(text.contains("64,000 lines 0000:00:05.0"))
  }

  @Test func `each definition has its place`() {
    let ids = Set(HTMLOutline(Self.page(Profiles.board)).values(of: "id"))
    for definition in Definitions.all { #expect(ids.contains("def-\(definition.id)"), "\(definition.id)") }
  }

  @Test func `what numbers are sorted by is a number`() {
    let keys = HTMLOutline(Self.page(Profiles.crowded(devices: 12))).elements
      .filter { $0.name == "td" && $0.attributes.contains { $0 == ("class", "n") } }
      .flatMap { $0.attributes.filter { $0.name == "data-k" }.map(\.value) }
    #expect(keys.count > 500)
    #expect(keys.allSatisfy { Double($0) != nil }, "\(keys.first { Double($0) == nil } ?? "")")
  }

  @Test func `long tables are cut and say so`() {
    let text = Self.text(Self.page(Profiles.crowded(devices: 150)))
    #expect(text.contains("54 more devices are not shown"))
    #expect(text.contains("1,300 more mappings are not shown"))
  }

  @Test func `impossible numbers neither trap nor leave the charts`() {
    var profile = Profiles.board
    profile.devices[0].pressure = .nan
    profile.devices[0].work.cleanedLines = .max
    profile.devices[0].byWidth[64].bytes = .max
    profile.devices[0].byWidth[64].mappings = .max
    profile.devices[1].maintenance[.forDevice, .toDevice].lines = .max
    profile.totals.work.cleanedLines = .max
    profile.totals.estimate = Estimate(low: -1, mid: .nan, high: .infinity)
    profile.timeline.buckets = .max
    profile.timeline.bucketNs = .max
    profile.timeline.lossBuckets = [-5, .max]
    profile.timeline.series[0].cleanedLines = [.max, .max]
    profile.timeline.series[0].device = "of no device"
    profile.recording.cpus = -1
    let outline = HTMLOutline(Self.page(profile))
    #expect(outline.problems.isEmpty, "\(outline.problems.prefix(5))")
    for value in outline.values(of: "d") + outline.values(of: "width") + outline.values(of: "x") {
      #expect(!value.contains("nan") && !value.contains("inf"), "\(value)")
    }
  }
}
