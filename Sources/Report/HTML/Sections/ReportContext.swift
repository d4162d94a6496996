import DMAModel
import Replay

/// What every section needs: the profile, and what was found out about it once for the whole page.
struct ReportContext {
  let profile: Profile
  let toolVersion: String
  let ranking: DeviceRanking

  init(_ profile: Profile, toolVersion: String) {
    self.profile = profile.withShortNames
    self.toolVersion = toolVersion
    ranking = DeviceRanking(self.profile)
  }

  /// Whether any cache maintenance was counted.
  var hasMaintenance: Bool {
    let work = profile.totals.work
    return work.lines > 0 || work.prepareCalls > 0
  }

  /// A device's name with its colour, linking to its row.
  func link(_ device: String) -> Markup {
    guard !device.isEmpty else { return "<span class=\"zero\">none</span>" }
    return "<a class=\"dev\" href=\"#\(ranking.anchor(device))\">\(label(device))</a>"
  }

  /// A device's name with its colour.
  func label(_ device: String) -> Markup {
    "<span class=\"swatch \(ranking.colour(device))\"></span>\(device)"
  }
}
