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

@Suite struct FormatEscapingTests {
  /// `text` is hostile; what it becomes has no character left that the destination would act upon.
  @Test(arguments: FindingExamples.hostile.indices)
  func `hostile text keeps nothing that a destination acts upon`(index: Int) {
    let text = FindingExamples.hostile[index]
    let forms = [
      Escaping.xml(text), Escaping.markdown(text), Escaping.markdownCode(text), Escaping.csv(text),
      Escaping.sarif(text), Escaping.githubData(Escaping.terminal(text)),
      Escaping.githubProperty(Escaping.terminal(text)), Escaping.uri(path: text),
    ]
    for form in forms {
      #expect(!form.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202e || $0.value == 0x2066 })
    }
    for character in "<>\"" { #expect(!Escaping.xml(text).contains(character)) }
    for character in "<>|`*[]@#$:&" where character != "&" && character != "#" {
      #expect(!Escaping.markdown(text).contains(character))
    }
    for character in "<>|" where Escaping.markdownCode(text).hasPrefix("`") {
      #expect(!Escaping.markdownCode(text).contains(character))
    }
    for character in ":,\n\r" { #expect(!Escaping.githubProperty(text).contains(character)) }
    #expect(
      Escaping.uri(path: "x" + text).utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x3c })
  }

  @Test func `XML has no markup, no end of CDATA and no forbidden character`() {
    #expect(
      Escaping.xml("]]><a b=\"c\">&'\u{0}\u{fffe}")
        == "]]&gt;&lt;a b=&quot;c&quot;&gt;&amp;&#39;\\x00\\u{fffe}")
  }

  @Test func `Markdown has no table, code, link, mention, list or tag`() {
    #expect(Escaping.markdown("a|b`c`<d>") == "a&#124;b&#96;c&#96;&#60;d&#62;")
    #expect(Escaping.markdown("@team [x](y) #1 www.a.b") == "&#64;team &#91;x&#93;(y) &#35;1 www&#46;a.b")
    #expect(Escaping.markdown("=1\n- 2.5 - 3.") == "&#61;1&#92;x0a- 2.5 - 3.")
    #expect(Escaping.markdown("12. no list") == "12&#46; no list")
    #expect(Escaping.markdown("- no list") == "&#45; no list")
    #expect(Escaping.markdown("größe 設備") == "größe 設備")
  }

  @Test func `code in Markdown ends where it should`() {
    #expect(Escaping.markdownCode("0000:00:05.0") == "`0000:00:05.0`")
    #expect(Escaping.markdownCode("probe+0x1c [e1000]") == "`probe+0x1c [e1000]`")
    #expect(Escaping.markdownCode("a`b|c\\") == "<code>a&#96;b&#124;c&#92;</code>")
    #expect(Escaping.markdownCode("") == "")
  }

  @Test(
    "a field of CSV is no formula and keeps to its column",
    arguments: [
      ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@sum", "'@sum"), ("\t=1", "'\\x09=1"),
      ("\r=1", "'\\x0d=1"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\nb", "a\\x0ab"), ("a=b", "a=b"),
      ("", ""),
    ])
  func csv(text: String, field: String) { #expect(Escaping.csv(text) == field) }

  @Test func `a workflow command stays one line and one property`() {
    #expect(Escaping.githubData("50 %\r\n::error::") == "50 %25%0D%0A::error::")
    #expect(Escaping.githubProperty("a:b,c%0A\n") == "a%3Ab%2Cc%250A%0A")
  }

  @Test func `a message of SARIF has no link and no placeholder`() {
    #expect(Escaping.sarif("[x](http://a.b) {0} f+0x1 [m]") == "[x] (http://a.b) { 0} f+0x1 [m]")
  }

  @Test(
    "a path becomes a URI reference",
    arguments: [
      ("board.dat", "board.dat"), ("/tmp/a b.dat", "file:///tmp/a%20b.dat"),
      ("a:b/ü%.dat", "a%3Ab/%C3%BC%25.dat"),
      ("-", "standard-input"),
    ])
  func uri(path: String, uri: String) { #expect(Escaping.uri(path: path) == uri) }
}
