import Testing

@testable import Report

@Suite struct DefinitionsTests {
  @Test func `ids are distinct words that can be typed`() {
    let ids = Definitions.all.map(\.id)
    #expect(Set(ids).count == ids.count)
    for id in ids {
      #expect(id.allSatisfy { $0.isLowercase || $0 == "-" }, "\(id)")
    }
  }

  @Test func `each definition is one paragraph that ends as a sentence`() {
    for definition in Definitions.all {
      #expect(definition.text.hasSuffix("."), "\(definition.id)")
      #expect(!definition.text.contains("\n") && !definition.text.contains("  "), "\(definition.id)")
    }
  }

  @Test func `a definition is found by its id in any case`() {
    #expect(Definitions.definition("Mask-Pressure")?.title == "Mask pressure")
    #expect(Definitions.definition("maintenance") != nil)
    #expect(Definitions.definition("nothing of the kind") == nil)
  }
}
