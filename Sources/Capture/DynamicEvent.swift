/// A function of the kernel to be probed, as the recording script defines it: an event `GROUP/NAME` at its entry and, where
/// its result matters, `GROUP/NAME__return` at its return.
///
/// Names of events and fields are those that the event dictionary of `Ingest` knows.
public struct DynamicEvent: Sendable {
  /// The event's name, which says what call it stands for.
  public let name: String
  /// The functions that may stand for the call, of which the first that the kernel has is probed.
  public let functions: [String]
  public let fields: [Field]
  public let result: Result

  /// A parameter, under the name of its field.
  public struct Field: Sendable {
    public let name: String
    /// What to fetch where the kernel knows parameters by name (BTF).
    public let byName: String
    /// What to fetch where it does not; `@2` stands for the second argument, however this machine writes it.
    public let byNumber: String
    /// Whether a 32-bit machine passes it in two registers, so that arguments from there on are not where their number says.
    public let isWide: Bool
  }

  /// What is probed at the return.
  public enum Result: Sendable {
    /// The return is not probed.
    case unused
    /// It is probed for its time.
    case none
    /// A field with the result, of this type.
    case value(String, type: String)
  }

  /// - Parameter functions: where not only `name` itself.
  public init(_ name: String, functions: [String]? = nil, _ fields: [Field], result: Result = .unused) {
    self.name = name
    self.functions = functions ?? [name]
    self.fields = fields
    self.result = result
  }
}

extension DynamicEvent.Field {
  /// The name of a `struct device *`. Its `kobj.name` is the first pointer behind its first member.
  static func device(_ argument: Int) -> Self {
    Self(
      name: "device", byName: "dev->kobj.name:string", byNumber: "+0(+0(@\(argument))):string", isWide: false)
  }

  /// A C string.
  static func string(_ name: String, _ argument: Int) -> Self {
    Self(name: name, byName: "\(name):string", byNumber: "+0(@\(argument)):string", isWide: false)
  }

  /// A number of a register's width or less.
  ///
  /// - Parameters:
  ///   - type: the tracing type: `x64`, `u64`, `s32`…
  ///   - parameter: the parameter's name in C where the field has another.
  static func number(_ name: String, _ argument: Int, _ type: String, parameter: String? = nil) -> Self {
    Self(name: name, byName: "\(parameter ?? name):\(type)", byNumber: "@\(argument):\(type)", isWide: false)
  }

  /// A mask or an address, which has 64 bits on 32-bit machines too, or may have.
  static func wide(_ name: String, _ argument: Int) -> Self {
    Self(name: name, byName: "\(name):x64", byNumber: "@\(argument):x64", isWide: true)
  }
}
