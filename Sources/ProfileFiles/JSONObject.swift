/// The members of an object in a text, found by their names. Of those with the same name the last one counts.
final class JSONObject {
  let text: JSONText
  /// Where it begins.
  let place: Int
  private struct Member {
    var name: Range<Int32>
    var value: Int32
  }
  private var members: [Member] = []
  private var taken = 0

  /// - Throws: `JSONFault` if there is no object at the place.
  init(_ text: JSONText, _ place: Int) throws {
    (self.text, self.place) = (text, place)
    try text.forEachMember(of: place) { name, value in
      if members.count == members.capacity { try grow() }
      // Texts are much smaller than what these numbers reach.
      let end = text.end(of: name)
      members.append(
        Member(
          name: Int32(truncatingIfNeeded: name + 1)..<Int32(truncatingIfNeeded: end - 1),
          value: Int32(truncatingIfNeeded: value)))
    }
  }

  deinit { text.giveBack(taken) }

  private func grow() throws {
    let more = max(16, members.count)
    // While they are copied they are there twice.
    let bytes = 2 * more * MemoryLayout<Member>.stride
    try text.take(bytes, for: place)
    taken += bytes
    members.reserveCapacity(members.count + more)
  }

  /// Where the value of a member begins; nil if there is none, or null.
  subscript(name: String) -> Int? {
    let wanted = name.utf8
    guard
      let member = members.last(where: {
        $0.name.count == wanted.count
          && text.bytes[Int($0.name.lowerBound)..<Int($0.name.upperBound)].elementsEqual(wanted)
      })
    else { return nil }
    return text.isNull(Int(member.value)) ? nil : Int(member.value)
  }
}
