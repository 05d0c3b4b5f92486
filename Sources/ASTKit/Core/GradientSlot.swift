/// Gathers the gradient of the loss with respect to one tensor.
///
/// Apart from the tensor itself, so that the tape can pass a gradient back without keeping
/// activations alive that nobody needs.
public final class GradientSlot {
  /// The gradient gathered so far, or `nil` before the first contribution.
  public var value: Tensor?

  /// A slot without a gradient.
  public init() {}

  /// Adds a contribution. The first one is kept as it is, without a copy, and may be shared
  /// with other slots; a later one is added in place only into memory nobody else sees.
  /// - Throws: `EngineError.memory`
  public func add(_ contribution: Tensor) throws {
    guard let present = value else {
      value = contribution
      return
    }
    if let own = exclusiveValue() {
      Elementwise.add(contribution, into: own)
    } else {
      value = try Elementwise.sum(present, contribution)
    }
  }

  /// Where an op may write its contribution: the tensor, and the factor by which what is
  /// already there counts (0: nothing there yet, contents undefined; 1: add to it).
  /// - Throws: `EngineError.memory`
  func destination(_ shape: [Int]) throws -> (tensor: Tensor, beta: Float) {
    if let own = exclusiveValue() { return (own, 1) }
    let fresh = try Tensor(uninitialized: shape)
    if let shared = value {
      fresh.pointer.update(from: shared.pointer, count: shared.count)
      value = fresh
      return (fresh, 1)
    }
    value = fresh
    return (fresh, 0)
  }

  /// Takes the gradient out, leaving the slot empty.
  func take() -> Tensor? {
    defer { value = nil }
    return value
  }

  /// The gathered gradient if nothing else refers to its memory.
  private func exclusiveValue() -> Tensor? {
    guard value != nil, isKnownUniquelyReferenced(&value) else { return nil }
    guard let tensor = value else { return nil }
    return tensor.hasExclusiveStorage ? tensor : nil
  }
}
