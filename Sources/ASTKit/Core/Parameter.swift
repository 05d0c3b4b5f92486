/// A named tensor of a model that training may change, or a buffer that it only updates.
public final class Parameter {
  /// The name in files, such as `encoder.layer.0.attention.attention.query.weight`.
  public let name: String
  /// The values; its gradient slot exists exactly while the parameter is trainable. Who writes
  /// into them from outside says so with `replaceValue`.
  public private(set) var value: Tensor {
    didSet { version += 1 }
  }
  /// Raised with each change of the values, before or after it: who knows something of the values
  /// of a version knows nothing of those of another.
  private(set) var version = 0

  /// A parameter that starts frozen.
  public init(_ name: String, _ value: Tensor) {
    self.name = name
    self.value = value
  }

  public var shape: [Int] { value.shape }
  public var count: Int { value.count }

  /// Whether training changes it. Values borrowed from a file stay there until they are
  /// first written: a model just loaded is trainable as a whole, and most are never trained so.
  public var isTrainable: Bool {
    get { value.gradientSlot != nil }
    set {
      if newValue == isTrainable { return }
      value.gradientSlot = newValue ? GradientSlot() : nil
    }
  }

  /// The gradient gathered by the last backward pass.
  public var gradient: Tensor? { value.gradientSlot?.value }

  /// Forgets the gradient, before the next step.
  public func clearGradient() { value.gradientSlot?.value = nil }

  /// Replaces the tensor itself, as when a file is mapped in.
  /// - Throws: `EngineError.shape` when the shapes differ.
  public func replaceValue(_ new: Tensor) throws {
    guard new.shape == shape else {
      throw EngineError.shape(operation: name, expected: "shape \(shape)", found: new.shape)
    }
    let trainable = isTrainable
    value = new
    isTrainable = trainable
  }

  /// Takes over other values of the same shape: pages of a file as they are, so that they
  /// stay known as such, all else as a copy.
  /// - Throws: `EngineError.memory`; the values are as before then.
  func setValues(_ values: Tensor) throws {
    _ = exchangeValue(
      values.storage.isBorrowed ? values.viewed(as: values.shape) : try values.copy())
  }

  /// Puts a tensor of the same shape in the place of the present one, which is returned.
  func exchangeValue(_ new: Tensor) -> Tensor {
    let old = value
    value = new
    value.gradientSlot = old.gradientSlot
    // Whoever keeps the old values keeps no gradient with them.
    old.gradientSlot = nil
    return old
  }

  /// The values, to be written in place: in memory of the parameter's own from now on, if
  /// they were borrowed pages of a file.
  /// - Throws: `EngineError.memory`
  func writableValue() throws -> Tensor {
    if value.storage.isBorrowed { _ = exchangeValue(try value.copy()) }
    version += 1
    return value
  }
}
