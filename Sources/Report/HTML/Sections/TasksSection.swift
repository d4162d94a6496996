import DMAModel
import Replay

/// Which tasks the work was done in.
struct TasksSection {
  let context: ReportContext

  private static let limit = 60

  var section: Section? {
    let tasks = context.profile.tasks
    guard !tasks.isEmpty else { return nil }
    let shown = Array(tasks.prefix(TasksSection.limit))
    let table = ScrollTable(
      label: "Tasks", columns: columns, rows: shown, sortable: tasks.count > 1,
      filterLabel: shown.count > 12 ? "Filter tasks" : nil)
    return Section(
      id: "tasks", title: "Tasks",
      lead: "The task that was running; for work in interrupts, the one that was interrupted.",
      body: table.markup + Piece.omitted(tasks.count - shown.count, "tasks"))
  }

  private var columns: [Column<TaskProfile>] {
    let tasks = context.profile.tasks
    var columns: [Column<TaskProfile>] = [
      Column("Task", .name) { "\($0.name)" }.sorted { $0.name },
      Column("Process ids", .text) { "\(ids($0.pids))" },
      .count("API calls") { $0.apiCalls },
    ]
    if context.hasMaintenance {
      let whole = Numbers.sum(tasks.map(\.work.lines))
      columns.append(.count("Lines") { $0.work.lines })
      columns.append(
        Column("Share") {
          Piece.meter(Formatting.share($0.work.lines, of: whole))
        }.sorted { String($0.work.lines) })
    }
    if tasks.contains(where: { $0.bouncedBytes > 0 }) {
      columns.append(.bytes("Bounced") { $0.bouncedBytes })
    }
    if tasks.contains(where: { $0.estimate.high > 0 }) {
      columns.append(
        Column("Cost") {
          "\(Formatting.range($0.estimate))"
        }.sorted { String(Numbers.nanoseconds($0.estimate.mid)) })
    }
    return columns
  }

  private func ids(_ pids: [Int32]) -> String {
    let shown = pids.prefix(4).map { String($0) }.joined(separator: ", ")
    return pids.count > 4 ? "\(shown) and \(pids.count - 4) more" : shown
  }
}
