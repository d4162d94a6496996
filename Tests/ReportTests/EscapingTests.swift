import Testing

@testable import Report

@Suite struct EscapingTests {
  @Test func `control characters become visible`() {
    #expect(Escaping.terminal("a\u{1b}[31mred\u{07}") == "a\\x1b[31mred\\x07")
    #expect(
      Escaping.terminal("one\ntwo\r\tthree\u{7f}\u{9b}2J\0") == "one\\x0atwo\\x0d\\x09three\\x7f\\x9b2J\\x00")
  }

  @Test func `characters that reorder or hide text become visible`() {
    #expect(Escaping.terminal("abc\u{202e}fed\u{2066}\u{200b}") == "abc\\u{202e}fed\\u{2066}\\u{200b}")
    #expect(Escaping.terminal("a\u{2028}b\u{feff}\u{e0041}") == "a\\u{2028}b\\u{feff}\\u{e0041}")
    let codes: [UInt32] = [0xffff, 0xfdd0, 0xe000]
    var text = ""
    text.unicodeScalars.append(contentsOf: codes.compactMap(Unicode.Scalar.init))
    #expect(Escaping.terminal(text) == "\\u{ffff}\\u{fdd0}\\u{e000}")
  }

  @Test func `ordinary text in any script stays as it is`() {
    for text in ["0000:00:03.0", "kworker/u4:2-ext4", "größe 設備 😀", "\u{fffd}", ""] {
      #expect(Escaping.terminal(text) == text)
    }
  }

  @Test func `markup becomes text`() {
    #expect(
      Escaping.html("<script>alert('x & \"y\"')</script>\u{1b}")
        == "&lt;script&gt;alert(&#39;x &amp; &quot;y&quot;&#39;)&lt;/script&gt;\\x1b")
    #expect(Escaping.html("a\r\nb\u{202e}") == "a\\x0d\\x0ab\\u{202e}")
  }
}
