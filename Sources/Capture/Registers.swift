/// How kprobe events name the first arguments of a function where the kernel does not know `$arg1`.
///
/// To add a machine: a row. Names of registers are those of `regs_query_register_offset` in its `ptrace.c`.
struct Registers: Sendable {
  /// A shell pattern of what `uname -m` prints.
  let machine: String
  /// The places of the first five arguments.
  let arguments: [String]

  static let all: [Registers] = [
    Registers(machine: "aarch64*|armv8l", arguments: ["%x0", "%x1", "%x2", "%x3", "%x4"]),
    Registers(machine: "x86_64", arguments: ["%di", "%si", "%dx", "%cx", "%r8"]),
    Registers(machine: "riscv64", arguments: ["%a0", "%a1", "%a2", "%a3", "%a4"]),
    Registers(machine: "ppc64*", arguments: ["%gpr3", "%gpr4", "%gpr5", "%gpr6", "%gpr7"]),
    Registers(machine: "arm*", arguments: ["%r0", "%r1", "%r2", "%r3", "$stack0"]),
  ]

  /// A shell pattern of the 64-bit machines, on which every argument takes one register.
  static let wideMachines = "aarch64*|armv8l|x86_64|riscv64|ppc64*|mips64*|loongarch64|s390x|sparc64|alpha"
}
