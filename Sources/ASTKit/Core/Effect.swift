/// A change that a forward pass makes beside its result, such as of running statistics. It is
/// noted on the tape and made by the step, so that a pass which is refused, repeated or split
/// counts once.
protocol Effect {
  /// Makes the change to values that are not in force yet.
  /// - Throws: `EngineError.memory`
  func apply(to values: inout PendingValues) throws
}

/// New values of parameters, kept apart until they are known to be good.
struct PendingValues {
  private var values: [(parameter: Parameter, value: Tensor)] = []
  private var places: [ObjectIdentifier: Int] = [:]

  /// What some changes make, one after the other.
  /// - Throws: `EngineError.memory`
  init(_ effects: [any Effect]) throws {
    for effect in effects { try effect.apply(to: &self) }
  }

  /// The pending values of a parameter, to be written: at first those in force.
  /// - Throws: `EngineError.memory`
  mutating func writable(_ parameter: Parameter) throws -> Tensor {
    if let place = places[ObjectIdentifier(parameter)] { return values[place].value }
    let copy = try parameter.value.copy()
    places[ObjectIdentifier(parameter)] = values.count
    values.append((parameter, copy))
    return copy
  }

  /// The first parameter whose pending values are not finite.
  var firstNotFinite: Parameter? { values.first { !$0.value.isFinite }?.parameter }

  /// Puts the values in force.
  func commit() {
    for (parameter, value) in values { _ = parameter.exchangeValue(value) }
  }
}
