/// What a sum of profiles was summed up from.
///
/// Lists of texts are sorted, hold each text once unless they say otherwise, and are cut behind the first ones, so that
/// they do not depend on the order of merging.
public struct MergedRecordings: Sendable, Equatable {
  /// The most texts in a list.
  public static let textLimit = 16

  /// Profiles of single recordings.
  public var count: UInt64 = 1
  /// Names of the recordings, one that comes twice twice.
  public var paths: [String] = []
  public var formats: [String] = []
  public var kernels: [String] = []
  public var architectures: [String] = []
  public var clocks: [String] = []
  /// The filters that were applied; empty texts stand for none.
  public var filters: [String] = []
  /// What the platforms are called, where they come from, and what machines they are.
  public var platformNames: [String] = []
  public var platformSources: [String] = []
  public var platformSummaries: [String] = []
  /// Sum of span × CPUs, nanoseconds.
  public var cpuTime: UInt64 = 0
  /// Entries that were live at the ends, those that are not listed included.
  public var liveEntries: UInt64 = 0

  public init() {}

  /// What a sum of this one profile would say.
  init(_ profile: Profile) {
    if let merged = profile.merged {
      self = merged
      return
    }
    func only(_ text: String) -> [String] { text.isEmpty ? [] : [text] }
    let recording = profile.recording
    (paths, filters) = ([recording.path], [profile.filter])
    (formats, kernels) = (only(recording.format), only(recording.kernel))
    (architectures, clocks) = (only(recording.architecture), only(recording.clock))
    (platformNames, platformSources) = (only(profile.platform.name), only(profile.platform.source))
    platformSummaries = only(profile.platform.summary)
    cpuTime = recording.span &* UInt64(max(0, recording.cpus))
    liveEntries = UInt64(profile.live.count)
  }

  static func += (a: inout MergedRecordings, b: MergedRecordings) {
    func join(_ list: inout [String], _ others: [String]) {
      list = Array(Set(list).union(others).sorted().prefix(textLimit))
    }
    a.count &+= b.count
    a.paths = Array((a.paths + b.paths).sorted().prefix(textLimit))
    join(&a.formats, b.formats)
    join(&a.kernels, b.kernels)
    join(&a.architectures, b.architectures)
    join(&a.clocks, b.clocks)
    join(&a.filters, b.filters)
    join(&a.platformNames, b.platformNames)
    join(&a.platformSources, b.platformSources)
    join(&a.platformSummaries, b.platformSummaries)
    a.cpuTime &+= b.cpuTime
    a.liveEntries &+= b.liveEntries
  }

  /// `3 recordings: a.dat, b.dat, c.dat`
  var title: String {
    let names = paths.prefix(3).joined(separator: ", ")
    return "\(grouped(count)) recordings: \(names)\(count > 3 ? ", …" : "")"
  }

  /// The filters as one; empty if nothing was left out anywhere.
  var filter: String {
    filters == [""] ? "" : filters.map { $0.isEmpty ? "everything" : $0 }.joined(separator: "; or ")
  }
}

/// Work that had a certain price.
public struct PriceShare: Sendable, Equatable {
  public var work: Work
  public var price: Price
  /// Pieces of work.
  public var count: UInt64

  public init(work: Work, price: Price, count: UInt64) {
    (self.work, self.price, self.count) = (work, price, count)
  }
}
