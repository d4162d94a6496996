import DMAModel
import Replay

extension TextReport {
  /// Which callers of the API cause it.
  func addCallSites(to page: inout TextPage) {
    let sites = profile.callSites
    guard !sites.isEmpty else { return }
    let all = profile.totals.work.lines
    let scale = Formatting.timeUnit(for: sites.map(\.estimate.high).max() ?? 0)
    var table = Table([
      .init(title: "Caller", alignment: .left, shrinksTo: 20),
      .init(title: "Device", alignment: .left, shrinksTo: 12, dropOrder: 2),
      .init(title: "Call", alignment: .left), .init(title: "Calls"), .init(title: "Lines"),
      .init(title: "Share", unit: "of lines", dropOrder: 1), .init(title: "Copied", dropOrder: 3),
      .init(title: "Cost", unit: scale.unit, dropOrder: 4),
    ])
    let (shown, further) = top(sites)
    for site in shown {
      table.add([
        .init(site.caller.isEmpty ? "(no caller recorded)" : site.caller), .init(site.device),
        .init(site.operation.name), .init(number(site.apiCalls)), .init(number(site.work.lines)),
        .init(all == 0 ? "" : Formatting.percent(Formatting.share(site.work.lines, of: all))),
        .init(site.bouncedBytes == 0 ? "" : size(site.bouncedBytes)),
        .init(site.estimate.high > 0 ? cost(site.estimate, scale.scale) : ""),
      ])
    }
    page.heading("Where from")
    page.table(table, further: further)
    if options.verbose { addStacks(Array(shown), to: &page) }
  }

  private func addStacks(_ sites: [CallSiteProfile], to page: inout TextPage) {
    page.heading("Stacks", "innermost first")
    for site in sites where !site.frames.isEmpty {
      page.line("\(site.operation.name), \(site.device), \(Formatting.count(site.work.lines, "line"))")
      for frame in site.frames { page.line("    " + frame) }
    }
  }

  /// In whose context it happens.
  func addTasks(to page: inout TextPage) {
    let tasks = profile.tasks
    guard !tasks.isEmpty else { return }
    let all = profile.totals.work.lines
    let scale = Formatting.timeUnit(for: tasks.map(\.estimate.high).max() ?? 0)
    var table = Table([
      .init(title: "Task", alignment: .left, shrinksTo: 16), .init(title: "Pids", dropOrder: 4),
      .init(title: "Calls"), .init(title: "Lines"), .init(title: "Share", unit: "of lines", dropOrder: 1),
      .init(title: "Copied", dropOrder: 2), .init(title: "Cost", unit: scale.unit, dropOrder: 3),
    ])
    let (shown, further) = top(tasks)
    for task in shown {
      table.add([
        .init(task.name), .init(pids(of: task)), .init(number(task.apiCalls)),
        .init(all == 0 ? "" : number(task.work.lines)),
        .init(all == 0 ? "" : Formatting.percent(Formatting.share(task.work.lines, of: all))),
        .init(task.bouncedBytes == 0 ? "" : size(task.bouncedBytes)),
        .init(task.estimate.high > 0 ? cost(task.estimate, scale.scale) : ""),
      ])
    }
    page.heading("Who", "tasks during which it happened; interrupts run on whichever is there")
    page.table(table, further: further)
  }

  /// The one pid, or how many.
  private func pids(of task: TaskProfile) -> String {
    task.pids.count == 1 ? String(task.pids[0]) : task.pids.isEmpty ? "" : "\(task.pids.count) pids"
  }

  /// Device × call × direction.
  func addOperations(to page: inout TextPage) {
    let rows = profile.operations
    guard !rows.isEmpty else { return }
    let scale = Formatting.timeUnit(for: rows.map(\.estimate.high).max() ?? 0)
    var table = Table([
      .init(title: "Device", alignment: .left, shrinksTo: 12), .init(title: "Call", alignment: .left),
      .init(title: "Direction", alignment: .left), .init(title: "Calls", unit: "of the API"),
      .init(title: "Maintained", unit: "calls", dropOrder: 1), .init(title: "Cleaned", unit: "lines"),
      .init(title: "Invalidated", unit: "lines"), .init(title: "Prepared", unit: "lines", dropOrder: 4),
      .init(title: "Waste", unit: "of bytes", dropOrder: 2), .init(title: "Copied", dropOrder: 3),
      .init(title: "Cost", unit: scale.unit),
    ])
    let (shown, further) = top(rows)
    for row in shown {
      table.add([
        .init(row.device), .init(row.operation.name), .init(row.direction.name),
        .init(number(row.apiCalls)), .init(number(row.maintenance.calls)),
        .init(number(row.work.cleanedLines)), .init(number(row.work.invalidatedLines)),
        .init(row.work.preparedLines == 0 ? "" : number(row.work.preparedLines)),
        .init(waste(row.maintenance)), .init(row.bouncedBytes == 0 ? "" : size(row.bouncedBytes)),
        .init(row.estimate.high > 0 ? cost(row.estimate, scale.scale) : ""),
      ])
    }
    page.heading("Operations", "maintained: entries into the architecture, also where it has nothing to do")
    page.table(table, further: further)
  }

  /// The share of the bytes of the lines covered that nobody asked for.
  private func waste(_ maintenance: Maintenance) -> String {
    let covered = maintenance.lines.multipliedReportingOverflow(by: profile.platform.cacheLine)
    guard !covered.overflow, covered.partialValue >= maintenance.bytes, maintenance.lines > 0 else {
      return ""
    }
    return Formatting.percent(
      Formatting.share(covered.partialValue - maintenance.bytes, of: covered.partialValue))
  }
}
