/// How the pages of a recording's ring buffer are laid out, from its `header_page` and its byte order.
struct PageLayout: Sendable, Equatable {
  /// Bytes of a page (a sub-buffer of the ring buffer).
  var pageSize = 4096
  /// Where the commit word lies, and its bytes: the kernel's `long`.
  var commitOffset = 8
  var longSize = 8
  /// Where records begin.
  var dataOffset = 16
  var bigEndian = false

  init() {}

  /// Reads `header_page`: `field: local_t commit;	offset:8;	size:8;	signed:1;` and its siblings.
  init(headerPage text: String, pageSize: Int, bigEndian: Bool) {
    self.pageSize = pageSize
    self.bigEndian = bigEndian
    for line in text.split(separator: "\n") {
      guard let start = line.firstRange(of: "field:")?.lowerBound,
        let field = EventFormat.Field(line[start...])
      else { continue }
      if field.name == "commit" {
        commitOffset = field.offset
        longSize = field.size == 4 ? 4 : 8
      }
      if field.name == "data" { dataOffset = field.offset }
    }
  }

  /// Whether a page can be read with this layout at all. The kernel's largest is 1 MiB (`RB_WRITE_MASK`).
  var isUsable: Bool {
    pageSize >= 64 && pageSize <= 1 << 20 && commitOffset >= 8 && commitOffset + longSize <= dataOffset
      && dataOffset < pageSize
  }
}
