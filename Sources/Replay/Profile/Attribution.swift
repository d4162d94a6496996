import DMAModel

// Sums of the cost cells by what a reader asks for.
extension Replayer {
  private struct CellCost {
    var maintenance: Maintenance
    var work: CacheWork
    var bounced: UInt64
    var iotlbInvalidations: UInt64
  }

  /// What a cell came to, given what is known of its device at the end.
  private func cost(_ cell: CostCell, _ verdict: Verdict) -> CellCost {
    let maintenance = verdict.isCoherent ? .zero : cell.maintenance
    let work = platform.work(maintenance, cell.operation.step, cell.direction)
    let bounced = cell.bouncedBytes &+ (verdict.deviantsBounced ? cell.deviantBytes : 0)
    let isInvalidating = verdict.addressing == .iommu && cell.operation == .unmap
    return CellCost(
      maintenance: maintenance, work: work, bounced: bounced,
      iotlbInvalidations: isInvalidating ? cell.apiCalls : 0)
  }

  func operationProfiles(_ cells: [CostCell], _ verdicts: [Verdict]) -> [OperationProfile] {
    struct Key: Hashable {
      var device: UInt32
      var operation: Operation
      var direction: Direction
    }
    var rows: [Key: OperationProfile] = [:]
    for cell in cells {
      let key = Key(device: cell.device, operation: cell.operation, direction: cell.direction)
      let cost = cost(cell, verdicts[Int(cell.device)])
      var row = rows[key] ?? OperationProfile()
      row.device = devices[Int(cell.device)].name
      (row.operation, row.direction) = (cell.operation, cell.direction)
      row.apiCalls &+= cell.apiCalls
      row.maintenance += cost.maintenance
      row.work += cost.work
      row.bouncedBytes &+= cost.bounced
      row.iotlbInvalidations &+= cost.iotlbInvalidations
      rows[key] = row
    }
    return rows.values.sorted { $0.precedes($1) }
  }

  func callSiteProfiles(_ cells: [CostCell], _ verdicts: [Verdict], _ sites: CallSites) -> [CallSiteProfile] {
    struct Key: Hashable {
      var frames: [String]
      var device: UInt32
      var operation: Operation
    }
    var rows: [Key: CallSiteProfile] = [:]
    for cell in cells where cell.stack != 0 {
      let frames = sites.frames(cell.stack)
      let key = Key(frames: frames, device: cell.device, operation: cell.operation)
      let cost = cost(cell, verdicts[Int(cell.device)])
      var row = rows[key] ?? CallSiteProfile()
      row.frames = frames
      row.caller = sites.caller(cell.stack)
      row.device = devices[Int(cell.device)].name
      row.operation = cell.operation
      row.apiCalls &+= cell.apiCalls
      row.maintenance += cost.maintenance
      row.work += cost.work
      row.bouncedBytes &+= cost.bounced
      row.iotlbInvalidations &+= cost.iotlbInvalidations
      rows[key] = row
    }
    return rows.values.sorted { $0.precedes($1) }
  }

  func taskProfiles(_ cells: [CostCell], _ verdicts: [Verdict], _ recording: Recording) -> [TaskProfile] {
    var rows: [String: TaskProfile] = [:]
    var pids: [String: Set<Int32>] = [:]
    for cell in cells {
      let name = cell.pid == -1 ? "(further tasks)" : recording.taskName(cell.pid)
      let cost = cost(cell, verdicts[Int(cell.device)])
      var row = rows[name] ?? TaskProfile()
      row.name = name
      row.apiCalls &+= cell.apiCalls
      row.work += cost.work
      row.bouncedBytes &+= cost.bounced
      row.iotlbInvalidations &+= cost.iotlbInvalidations
      rows[name] = row
      pids[name, default: []].insert(cell.pid)
    }
    return rows.values.map { row in
      var row = row
      row.pids = (pids[row.name] ?? []).filter(Recording.isProcessID).sorted()
      return row
    }.sorted { $0.precedes($1) }
  }
}
