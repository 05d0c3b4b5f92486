/// A dense row-major array of 32-bit floats with a shape.
///
/// The memory comes from the pool (or a mapped file) and goes back when the last tensor that
/// looks at it dies. Tensors are not `Sendable`: the engine is used from one thread, and
/// only the loops inside its ops run on several.
public final class Tensor {
  /// Sizes by dimension, outermost first; `[]` is a single number.
  public let shape: [Int]
  /// Number of elements.
  public let count: Int
  /// The first element; valid as long as the tensor lives.
  public let pointer: UnsafeMutablePointer<Float>
  let storage: Storage
  /// Where the gradient for this tensor gathers; `nil` when nobody needs one.
  public internal(set) var gradientSlot: GradientSlot?

  init(shape: [Int], storage: Storage, offset: Int) {
    self.shape = shape
    count = shape.reduce(1, *)
    self.storage = storage
    pointer = storage.base.assumingMemoryBound(to: Float.self) + offset
    storage.viewers += 1
  }

  deinit { storage.viewers -= 1 }

  /// A tensor whose contents are undefined until written.
  /// - Throws: `EngineError.memory`
  public convenience init(uninitialized shape: [Int]) throws {
    let count = shape.reduce(1, *)
    self.init(shape: shape, storage: try Storage(bytes: count * 4), offset: 0)
  }

  /// A tensor filled with one value.
  /// - Throws: `EngineError.memory`
  public convenience init(_ shape: [Int], filledWith value: Float = 0) throws {
    try self.init(uninitialized: shape)
    pointer.update(repeating: value, count: count)
  }

  /// A tensor of the given values in row-major order.
  /// - Throws: `EngineError.shape` if their number does not fit the shape, `.memory`.
  public convenience init(_ shape: [Int], values: [Float]) throws {
    guard values.count == shape.reduce(1, *) else {
      throw EngineError.shape(
        operation: "a tensor", expected: "\(shape.reduce(1, *)) values for shape \(shape)",
        found: [values.count])
    }
    try self.init(uninitialized: shape)
    values.withUnsafeBufferPointer {
      if let p = $0.baseAddress { pointer.update(from: p, count: count) }
    }
  }

  /// Memory kept valid by `owner`, such as the pages of a mapped file. Not copied.
  convenience init(
    borrowing base: UnsafeMutableRawPointer, shape: [Int], owner: any MemoryOwner
  ) {
    self.init(shape: shape, storage: Storage(borrowing: base, owner: owner), offset: 0)
  }

  /// The size of the last dimension; 1 for a single number.
  public var columns: Int { shape.last ?? 1 }
  /// The product of all dimensions but the last.
  public var rows: Int { columns == 0 ? 0 : count / columns }
  /// The values in row-major order, copied.
  public var values: [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
  /// The elements, without a copy; valid as long as the tensor lives.
  public var elements: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: pointer, count: count)
  }

  /// The same memory with another shape; no gradient passes through (use `Tape.reshape`).
  /// The element count must be the same.
  func viewed(as shape: [Int], offset: Int = 0) -> Tensor {
    let start = pointer - storage.base.assumingMemoryBound(to: Float.self)
    return Tensor(shape: shape, storage: storage, offset: start + offset)
  }

  /// A copy with memory of its own and no gradient.
  /// - Throws: `EngineError.memory`
  public func copy() throws -> Tensor {
    let result = try Tensor(uninitialized: shape)
    result.pointer.update(from: pointer, count: count)
    return result
  }

  /// Takes over the values of a tensor of the same shape.
  /// - Throws: `EngineError.shape` when the shapes differ.
  public func update(from other: Tensor) throws {
    guard other.shape == shape else {
      throw EngineError.shape(
        operation: "copying values", expected: "shape \(shape)", found: other.shape)
    }
    pointer.update(from: other.pointer, count: count)
  }

  /// Whether every element is finite.
  public var isFinite: Bool { elements.allSatisfy(\.isFinite) }
}

extension Tensor {
  /// Whether no other tensor looks at the same memory.
  var hasExclusiveStorage: Bool { storage.viewers == 1 }
}
