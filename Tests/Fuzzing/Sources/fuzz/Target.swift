import Guard

/// What the build system has an executable of this name begin with.
@_cdecl("fuzz_main")
public func fuzzMain(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
  if CommandLine.arguments.dropFirst().first == "damage" {
    return Damage.main(CommandLine.arguments.dropFirst(2))
  }
  return fuzz(count, arguments, UInt32(Exercise.patience)) { data, count in
    Exercise.run(UnsafeRawBufferPointer(start: data, count: count))
  }
}

/// Called by libFuzzer for the next input, in the place of the one before it.
@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(_ data: UnsafeMutablePointer<UInt8>, _ count: Int, _ most: Int, _ seed: UInt32) -> Int {
  let bytes = UnsafeMutableRawBufferPointer(start: data, count: most)
  guard SealedArchive.isOne(UnsafeRawBufferPointer(start: data, count: count)) else {
    return change(data, count, most)
  }
  // Most changes within one section, and some wherever they fall.
  if seed % 8 != 0, let size = SealedArchive.changeSection(of: bytes, count, seed: seed / 8) { return size }
  let size = change(data, count, most)
  if seed % 16 != 0 { SealedArchive.seal(UnsafeMutableRawBufferPointer(rebasing: bytes[..<size])) }
  return size
}
