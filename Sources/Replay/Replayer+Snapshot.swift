import DMAModel

// A profile while events still come.
extension Replayer {
  /// What `finish` would say if the recording ended here, without ending the replay, but that nothing is *left* yet: what
  /// is live is no finding and not listed, only counted, and masks whose call has not returned are not set.
  ///
  /// Complexity: linear in devices and callers, and where mappings may have been unmapped unseen in what is live; not in
  /// the events so far.
  ///
  /// - Parameters:
  ///   - recording: what is known of the recording so far.
  ///   - symbolizer: names for return addresses; nil leaves them bare.
  public mutating func snapshot(
    recording: Recording, stacks: StackTable, symbolizer: (any Symbolizer)?
  ) -> Profile {
    settle()
    // All that judging at the end changes.
    let (suspicions, unpriced) = (findings, platform)
    defer { (findings, platform) = (suspicions, unpriced) }
    priceByDurations()
    judgeMasks((0..<devices.count).map { verdict($0) })
    return profile(recording, stacks, symbolizer, listsLive: false)
  }
}
