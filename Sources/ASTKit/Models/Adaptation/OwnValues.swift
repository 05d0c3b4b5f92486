/// Values of parameters, set aside.
struct OwnValues {
  private(set) var values: [ObjectIdentifier: (parameter: Parameter, value: Tensor)] = [:]

  /// Remembers the present values of parameters that are not remembered yet.
  mutating func keepMissing(_ parameters: [Parameter]) throws {
    try keep(parameters.filter { values[ObjectIdentifier($0)] == nil })
  }

  /// Remembers the present values. Pages of a mapped file are not copied: nothing writes to
  /// them, a parameter that changes gets memory of its own first.
  mutating func keep(_ parameters: [Parameter]) throws {
    for parameter in parameters {
      let value = parameter.value
      set(
        parameter,
        value.storage.isBorrowed ? value.viewed(as: value.shape) : try value.copy())
    }
  }

  /// Remembers a value, which nobody may change afterwards.
  mutating func set(_ parameter: Parameter, _ value: Tensor) {
    values[ObjectIdentifier(parameter)] = (parameter, value)
  }

  /// Forgets all but the values of these parameters.
  mutating func keepOnly(_ parameters: [Parameter]) {
    let kept = Set(parameters.map(ObjectIdentifier.init))
    values = values.filter { kept.contains($0.key) }
  }

  /// The value remembered for a parameter.
  func value(of parameter: Parameter) -> Tensor? {
    values[ObjectIdentifier(parameter)]?.value
  }

  /// Whether the remembered value is the one in force, to the bit.
  func isInForce(_ parameter: Parameter) -> Bool {
    value(of: parameter)?.hasSameBytes(as: parameter.value) == true
  }

  /// Puts the remembered values of some parameters back.
  func restore(_ parameters: [Parameter]) throws {
    for parameter in parameters {
      if let value = value(of: parameter) { try parameter.setValues(value) }
    }
  }

  /// Adds to the remembered value of a parameter, if there is one.
  /// - Throws: `EngineError.memory`, `FileError.changed`
  mutating func add(_ correction: Tensor, to parameter: Parameter) throws {
    guard let value = value(of: parameter) else { return }
    let sum = try Elementwise.sum(value, correction)
    try value.storage.owner?.requireUnchanged()
    set(parameter, sum)
  }
}
