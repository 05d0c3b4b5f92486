/// Parameters that work goes on with copies of their values, so that it can be undone without
/// needing any memory.
struct WorkingCopies {
  private let originals: [(parameter: Parameter, value: Tensor)]

  /// Gives each parameter a copy of its values in place of them.
  /// - Throws: `EngineError.memory`, `FileError.changed` for values that lie in a file; nothing
  ///   is changed then.
  init(of parameters: [Parameter]) throws {
    let copies = try parameters.map { try $0.value.copy() }
    // A copy no longer leads to the file that it was made from.
    for parameter in parameters { try parameter.value.storage.owner?.requireUnchanged() }
    originals = zip(parameters, copies).map { ($0, $0.exchangeValue($1)) }
  }

  /// Puts the values back that the parameters had before.
  func undo() {
    for (parameter, value) in originals { _ = parameter.exchangeValue(value) }
  }
}
