import DMAModel
import Replay

extension Profiles {
  /// Text that would become markup, script or an attribute if it were not escaped.
  static let hostile = #"</script><img src=x onerror="alert('1')"> & ${1} \u{202e}"#

  /// `devices` devices over 512 steps of time, with stacks, pools, bounces and what is live; nothing is zero.
  static func crowded(devices: Int) -> Profile {
    var profile = board
    profile.caveats.append("12 events were lost in 2 places: counts are lower bounds.")
    profile.recording.lostEvents = 12
    profile.recording.lostWindows = 2
    profile.devices = (0..<devices).map { device($0) }
    profile.timeline = Timeline()
    profile.timeline.start = 1_000_000_000
    profile.timeline.bucketNs = 3_906_250
    profile.timeline.buckets = 512
    profile.timeline.lossBuckets = [100, 101, 102, 300]
    profile.timeline.series = profile.devices.enumerated().map { series($1.name, $0) }
    profile.operations = profile.devices.flatMap { device in
      Operation.allCases.map { operation in
        var row = mapOfDisk
        (row.device, row.operation, row.bouncedBytes) = (device.name, operation, 4096)
        return row
      }
    }
    profile.callSites = (0..<devices * 4).map { callSite($0, profile.devices[$0 % devices].name) }
    profile.pools = profile.devices.map { pool($0.name) }
    profile.live = (0..<devices * 10).map { index in
      var mapping = liveMapping
      mapping.device = profile.devices[index % devices].name
      mapping.busAddress = UInt64(0x8000_0000 + index * 4096)
      mapping.uncertain = index % 3 == 0
      mapping.callSite = "virtqueue_add_split+0x1c4 [virtio_ring]"
      return mapping
    }
    profile.avoidable = (0..<devices).flatMap { index in
      Avoidable.Kind.allCases.map { kind in
        var row = Avoidable()
        (row.kind, row.device, row.direction) = (kind, profile.devices[index].name, .fromDevice)
        row.callSite = "e1000_alloc_rx_buffers+0x1c4 [e1000]"
        (row.calls, row.ofCalls, row.isUpperBound) = (12, 4000, kind == .recycle)
        (row.work.invalidatedLines, row.bouncedBytes, row.iotlbInvalidations) = (40_000, 4096, 12)
        row.memoryBytes = 4000
        row.estimate = Estimate(low: 1_000, mid: 5_000, high: 20_000)
        return row
      }
    }
    profile.tasks = (0..<devices).map { index in
      var task = task
      task.name = "kworker/\(index):1"
      task.pids = [Int32(17 + index)]
      task.work.cleanedLines = UInt64(10_000 - min(9_000, index * 100))
      return task
    }
    return profile
  }

  private static func device(_ index: Int) -> DeviceProfile {
    var device = index % 2 == 0 ? disk : card
    device.name = "0000:\(index / 10 % 10)\(index % 10):00.0"
    device.work.cleanedLines = UInt64(64_000 / (index + 1))
    device.work.invalidatedLines = UInt64(48_000 / (index + 2))
    device.maintenance[.forCPU, .bidirectional] = Maintenance(calls: 9, bytes: 100, lines: 12_000)
    device.allocate = counts(calls: 7, bytes: 70_000)
    device.work.preparedLines = 1_152
    device.peak.coherentBytes = 70_000
    device.lifetimes = disk.lifetimes
    device.lifetimes.record(UInt64(index + 1) * 5_000_000)
    device.byWidth[30].mappings = 40
    device.byWidth[30].bytes = UInt64(index + 1) * 100_000
    return device
  }

  private static func series(_ name: String, _ index: Int) -> DeviceSeries {
    func wave(_ scale: Int, _ period: Int) -> [UInt64] {
      (0..<512).map { step in
        let place = (step + index * 37) % period
        return UInt64(
          scale * (place < period / 2 ? place : period - place) * (1 + step * 31 % 7) / (index + 1))
      }
    }
    var series = DeviceSeries()
    series.device = name
    (series.cleanedLines, series.invalidatedLines) = (wave(40, 200), wave(25, 330))
    (series.bouncedBytes, series.maps) = (wave(3000, 150), wave(3, 90))
    (series.liveBytes, series.swiotlbSlots) = (wave(9000, 512), wave(2, 256))
    return series
  }

  private static func callSite(_ index: Int, _ device: String) -> CallSiteProfile {
    var site = CallSiteProfile()
    let drivers = [
      "virtqueue_add_split+0x1c4 [virtio_ring]", "nvme_map_data+0x88 [nvme]", "e1000_xmit_frame+0x4c0",
    ]
    let outer = ["blk_mq_dispatch_rq_list+0x118", "ip_finish_output2+0x1f8", "ext4_writepages+0x2c0 [ext4]"]
    site.frames = [
      drivers[index % 3], "layer_\(index % 7)+0x10", outer[index % 3], "worker_thread+0x2cc", "kthread+0x110",
    ]
    site.caller = drivers[index % 3]
    site.device = device
    site.apiCalls = UInt64(1000 / (index + 1) + 1)
    site.work.cleanedLines = UInt64(64_000 / (index + 1) + 1)
    site.bouncedBytes = UInt64(index) * 512
    site.estimate = Estimate(low: 1_000, mid: 2_000, high: 9_000)
    return site
  }

  private static func pool(_ device: String) -> PoolProfile {
    var pool = PoolProfile()
    pool.name = "prp list 256"
    pool.device = device
    (pool.blockSize, pool.alignment, pool.boundary) = (256, 256, 4096)
    (pool.allocations, pool.frees, pool.live, pool.peak) = (100, 98, 2, 40)
    pool.created = true
    return pool
  }

  /// Each text that a trace can bring is hostile.
  static var attack: Profile {
    var profile = crowded(devices: 3)
    profile.recording.path = "dir/" + hostile
    profile.recording.kernel = hostile
    profile.recording.clock = hostile
    profile.recording.problems = [hostile]
    profile.recording.skipped = [hostile: 1]
    profile.recording.eventsByName[hostile] = 1
    profile.filter = hostile
    profile.platform.name = hostile
    profile.platform.source = hostile
    profile.caveats = [hostile]
    for index in profile.devices.indices { profile.devices[index].name = hostile + "\(index)" }
    for index in profile.timeline.series.indices {
      profile.timeline.series[index].device = hostile + "\(index)"
    }
    for index in profile.callSites.indices {
      profile.callSites[index].frames = [hostile, "outer+0x1 [\(hostile)]"]
      profile.callSites[index].caller = hostile
      profile.callSites[index].device = hostile + "0"
    }
    for index in profile.operations.indices { profile.operations[index].device = hostile }
    for index in profile.tasks.indices { profile.tasks[index].name = hostile }
    for index in profile.pools.indices { profile.pools[index].name = hostile }
    for index in profile.live.indices {
      (profile.live[index].device, profile.live[index].task) = (hostile, hostile)
      profile.live[index].callSite = hostile
    }
    return profile
  }
}
