import DMAModel

/// What looks like a broken rule, grouped by rule, device and call site, until the end says what of it stands.
///
/// A suspicion that a lost event could explain is *fragile*: it is taken back when a loss turns out to reach back to
/// its time. Losses are recorded late, at the next event of their CPU, when others have gone on.
struct FindingLog {
  struct Suspicion {
    var asked: Event
    var before: Event?
    var message: String
    var right: String
  }

  struct Group {
    var rule: Rule
    var severity: Rule.Severity
    var device: Int
    var site: StackID
    var isFragile: Bool
    /// Times of fragile suspicions, in order; robust ones are only counted.
    var times: [UInt64] = []
    var counted: UInt64 = 0
    var suspicions: [Suspicion] = []
    var count: UInt64 { counted &+ UInt64(times.count) }
  }

  private struct Key: Hashable {
    var rule: Int
    var severity: Rule.Severity
    var device: Int
    var site: StackID
    var isFragile: Bool
  }

  /// Suspicions of a group that are kept with all that is known of them.
  static let exampleLimit = 5
  /// Groups kept apart by call site; further ones share their device's.
  private static let groupLimit = 1 << 12
  /// Times kept; suspicions beyond count as robust.
  private static let timeLimit = 1 << 20

  private(set) var groups: [Group] = []
  private var places: [Key: Int] = [:]
  private var lastKey: Key?
  private var lastPlace = 0
  private var keptTimes = 0
  /// Suspicions that were taken back because of losses.
  private(set) var withdrawn: UInt64 = 0

  /// Notes a suspicion. `describe` gives its message and what would have been right; it is asked for the first ones.
  mutating func add(
    _ rule: Rule, device: Int, asked: Event, before: Event? = nil, isFragile: Bool,
    severity: Rule.Severity? = nil, describe: () -> (message: String, right: String)
  ) {
    let key = Key(
      rule: rule.number, severity: severity ?? rule.severity, device: device, site: asked.stack,
      isFragile: isFragile)
    let place = key == lastKey ? lastPlace : self.place(key, rule)
    if isFragile && keptTimes < FindingLog.timeLimit {
      groups[place].times.append(asked.time)
      keptTimes += 1
    } else {
      groups[place].counted &+= 1
    }
    if groups[place].suspicions.count < FindingLog.exampleLimit {
      let words = describe()
      groups[place].suspicions.append(
        Suspicion(asked: asked, before: before, message: words.message, right: words.right))
    }
  }

  private mutating func place(_ key: Key, _ rule: Rule) -> Int {
    var key = key
    if places[key] == nil, groups.count >= FindingLog.groupLimit { key.site = 0 }
    let place = places[key] ?? groups.count
    if place == groups.count {
      places[key] = place
      groups.append(
        Group(
          rule: rule, severity: key.severity, device: key.device, site: key.site, isFragile: key.isFragile))
    }
    (lastKey, lastPlace) = (key, place)
    return place
  }

  /// Takes back every fragile suspicion from `time` on.
  mutating func withdraw(from time: UInt64) {
    for index in groups.indices where groups[index].isFragile {
      while let last = groups[index].times.last, last >= time {
        groups[index].times.removeLast()
        keptTimes -= 1
        withdrawn &+= 1
      }
      groups[index].suspicions.removeAll { $0.asked.time >= time }
    }
  }
}
