import DMAModel

@testable import Ingest

extension TraceBuilder {
  /// As Linux 6.12 prints it, the attribute table shortened.
  static let mapFormat = """
    name: dma_map_page
    ID: 300
    format:
    \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
    \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
    \tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
    \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

    \tfield:__data_loc char[] device;\toffset:8;\tsize:4;\tsigned:0;
    \tfield:u64 phys_addr;\toffset:16;\tsize:8;\tsigned:0;
    \tfield:u64 dma_addr;\toffset:24;\tsize:8;\tsigned:0;
    \tfield:size_t size;\toffset:32;\tsize:8;\tsigned:0;
    \tfield:enum dma_data_direction dir;\toffset:40;\tsize:4;\tsigned:0;
    \tfield:unsigned long attrs;\toffset:48;\tsize:8;\tsigned:0;

    print fmt: "%s dir=%s attrs=%s", __get_str(device), REC->dir, __print_flags(REC->attrs, "|", \
    { (1UL << 1), "WEAK_ORDERING" }, { (1UL << 5), "SKIP_CPU_SYNC" })
    """

  /// `ftrace:kernel_stack` of a machine with 8-byte longs.
  static let stackFormat = """
    name: kernel_stack
    ID: 4
    format:
    \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
    \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
    \tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
    \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

    \tfield:int size;\toffset:8;\tsize:4;\tsigned:1;
    \tfield:unsigned long caller[8];\toffset:16;\tsize:64;\tsigned:0;

    print fmt: "\\t=> %ps\\n"
    """
}

/// The bytes of a `dma_map_page` record as `TraceBuilder.mapFormat` lays it out.
func mapRecord(
  device: String = "0000:00:04.0", address: UInt64, size: UInt64 = 4096, attributes: UInt64 = 0,
  pid: Int32 = 7,
  flags: UInt8 = 0, preemption: UInt8 = 0, bigEndian: Bool = false
) -> [UInt8] {
  let name = Array(device.utf8) + [0]
  var out = ByteWriter(bigEndian: bigEndian)
  out.put(300 as UInt16)
  out.put([flags, preemption])
  out.put(pid)
  out.put(UInt32(name.count) << 16 | 56)
  out.put(0 as UInt32)
  out.put(address &+ 0x1000_0000)
  out.put(address)
  out.put(size)
  out.put(1 as UInt32)
  out.put(0 as UInt32)
  out.put(attributes)
  out.put(name)
  out.pad(to: 4)
  return out.bytes
}

/// The bytes of a `kernel_stack` record as `TraceBuilder.stackFormat` lays it out.
func stackRecord(_ frames: [UInt64], bigEndian: Bool = false) -> [UInt8] {
  var out = ByteWriter(bigEndian: bigEndian)
  out.put(4 as UInt16)
  out.put([0, 0])
  out.put(7 as Int32)
  out.put(UInt32(frames.count))
  out.put(0 as UInt32)
  for frame in frames { out.put(frame) }
  return out.bytes
}

/// Everything that a trace hands out, kept.
struct Reading {
  var events: [Event] = []
  var recording = Recording()

  init(_ trace: Trace) {
    var events: [Event] = []
    trace.forEachRun { run, _ in
      for index in run.indices { events.append(run[index]) }
      return true
    }
    self.events = events
    recording = trace.recording()
  }

  init(_ bytes: [UInt8]) throws {
    self = try withFile(bytes) { Reading(try Trace(path: $0)) }
  }
}
