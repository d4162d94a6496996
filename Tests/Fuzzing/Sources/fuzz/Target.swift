import Guard

/// Called by libFuzzer with one input after another.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  Exercise.run(UnsafeRawBufferPointer(start: data, count: count))
  return 0
}

/// What the build system has an executable of this name begin with.
@_cdecl("fuzz_main")
public func fuzzMain(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
  if CommandLine.arguments.dropFirst().first == "damage" {
    return Damage.main(CommandLine.arguments.dropFirst(2))
  }
  return fuzz(count, arguments, testOneInput)
}
