/// Why a pickle was not read. Nothing in it has been carried out: petl's reader can only
/// build numbers, text, lists and descriptions of tensors.
public struct PickleError: DescribedError, Equatable {
  public enum Reason: Equatable, Sendable {
    /// The data ends in the middle of an instruction.
    case truncated
    /// The instruction is none that tensor files need.
    case opcode(UInt8)
    /// The instruction needs values that are not there, or of another kind.
    case operands(String)
    /// The pickle asks for a function or class outside the short list petl knows.
    case global(String)
    /// A known function is called with something other than what PyTorch writes.
    case call(String)
    /// The value of this name is used as something it is not: `state` set on it, or called.
    case misuse(String)
    /// Values nested deeper than `limit`.
    case depth(limit: Int)
    /// More values or bytes than any checkpoint has.
    case size(limit: Int)
    /// Text that is not UTF-8.
    case text
  }
  public var path: String
  /// The byte of the pickle at which the reader stopped.
  public var offset: Int
  public var reason: Reason

  public init(path: String, offset: Int, reason: Reason) {
    self.path = path
    self.offset = offset
    self.reason = reason
  }
}

extension PickleError {
  public var message: String {
    "'\(path)' was not read, at byte \(offset) of its pickle: \(words)"
  }

  private var words: String {
    switch reason {
    case .truncated: "the data is cut short"
    case .opcode(let code):
      "instruction 0x\(String(code, radix: 16)) does not belong in a file of tensors"
    case .operands(let name): "instruction \(name) lacks the values it needs"
    case .global(let name):
      "it asks for '\(name.shown)', which does not belong in a file of tensors"
    case .call(let name): "'\(name)' is called with other arguments than PyTorch writes"
    case .misuse(let what): "\(what)"
    case .depth(let limit): "values are nested more than \(limit) deep"
    case .size(let limit): "it has more than \(limit) values"
    case .text: "a text is not UTF-8"
    }
  }

  public var hint: String? {
    guard case .global(let name) = reason else { return nil }
    if name.hasPrefix("numpy") {
      return "save the state_dict alone, without NumPy numbers beside it"
    }
    return "only tensors are read, never code; save the model's state_dict instead"
  }
}
