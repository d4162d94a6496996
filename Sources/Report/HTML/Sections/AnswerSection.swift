import DMAModel
import Replay

/// The first screen: what it cost, where masks press, what bounced, and what limits these numbers.
struct AnswerSection {
  let context: ReportContext
  private var profile: Profile { context.profile }
  private var totals: Totals { context.profile.totals }

  var section: Section {
    Section(
      id: "answer", title: "The answer",
      body: "\(caveats)<p class=\"headline\">\(headline)</p><div class=\"figures\">\(figures)</div>")
  }

  private var caveats: Markup {
    if profile.caveats.isEmpty { return "" }
    return """
      <div class="caveats" role="note" aria-label="What limits these numbers"><h3>Read this first</h3>\
      <ul>\(profile.caveats.prefix(20).map { "<li>\($0)</li>" as Markup })</ul>\
      \(Piece.omitted(profile.caveats.count - 20, "caveats"))</div>
      """
  }

  private var headline: Markup {
    if profile.recording.events == 0 && profile.devices.isEmpty {
      return "The recording holds no events of the DMA API."
    }
    if profile.devices.isEmpty {
      return "None of the recorded events belongs to a device, so there is nothing to count."
    }
    let work = totals.work
    if work.lines > 0 {
      let bytes = Numbers.multiply(work.lines, profile.platform.cacheLine)
      return """
        <b>\(Formatting.count(work.lines, "cache line"))</b> (\(bytes: bytes)) cleaned or invalidated in \
        \(Formatting.count(work.calls, "call")).\(mostOfIt)
        """
    }
    if totals.bounce.bytes > 0 {
      return """
        No cache maintenance, but <b>\(bytes: totals.bounce.bytes)</b> copied through bounce buffers for \
        \(Formatting.count(totals.bounce.mappings, "mapping")).
        """
    }
    return """
      No cache maintenance and no bounces: \(Formatting.count(totals.map.calls, "map call")) of \
      \(bytes: totals.map.bytes) reached the \(profile.devices.count == 1 ? "device" : "devices") directly.
      """
  }

  private var mostOfIt: Markup {
    guard let device = context.ranking.devices.first, context.profile.devices.count > 1 else { return "" }
    let share = Formatting.percent(Numbers.share(device.work.lines, of: totals.work.lines))
    return
      " <a class=\"dev\" href=\"#\(context.ranking.anchor(device.name))\">\(device.name)</a> takes \(share)\(dominant(of: device))."
  }

  private var figures: [Markup] {
    AnswerFigures(context: context).all.map(\.markup)
  }
}

extension AnswerSection {
  /// `, 61 % of that in map TO_DEVICE`; empty where calls are not told apart.
  private func dominant(of device: DeviceProfile) -> String {
    let rows = profile.operations.filter { $0.device == device.name }
    guard let most = rows.max(by: { $0.work.lines < $1.work.lines }), most.work.lines > 0 else { return "" }
    let share = Formatting.percent(Numbers.share(most.work.lines, of: device.work.lines))
    return ", \(share) of that in \(most.operation.name) \(most.direction.name)"
  }
}

/// One figure of the answer: a number with its unit, what it is made of, and what it means.
struct AnswerFigure {
  var title: String
  /// The definition that says what the figure is; empty for none.
  var definition = ""
  var value: Markup
  var unit: String = ""
  var lines: [Markup] = []
  /// `good` or `bad` where the figure is a judgement.
  var tone: String = ""

  var markup: Markup {
    let heading: Markup = definition.isEmpty ? "\(title)" : Piece.define(definition, title)
    return """
      <div class="figure \(tone)"><h3>\(heading)</h3>\
      <p class="value">\(value) <span class="unit">\(unit)</span></p>\
      \(lines.map { "<p class=\"part\">\($0)</p>" as Markup })</div>
      """
  }
}
