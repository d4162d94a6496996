import Comparison

/// The metrics that gates can limit, a line each.
public enum MetricList {
  public static func text() -> String {
    var rows = Metric.table.map { metric in
      (metric.name, metric.title + (metric.better == .higher ? "; more is better" : ""))
    }
    rows += [
      ("findings.RULE", "findings of a rule, by id or name: findings.DMA203"),
      (
        "findings.new",
        "findings that no run of the base has; also findings.new_errors, new_warnings, new_hints"
      ),
    ]
    let longest = rows.map(\.0.count).max() ?? 0
    return rows.map { name, title in
      name + String(repeating: " ", count: longest - name.count + 2) + title + "\n"
    }.joined()
  }
}
