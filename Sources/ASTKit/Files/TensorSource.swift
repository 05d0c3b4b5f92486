/// A file, or a set of files, that holds named tensors: safetensors, PyTorch, or one of these
/// seen through other names.
public protocol TensorSource {
  /// The file or folder the tensors come from, for messages.
  var path: String { get }
  /// All tensor names, in the order of the file.
  var names: [String] { get }
  /// Words stored beside the tensors; empty when the format has none.
  var metadata: [String: String] { get }
  /// Sizes by dimension, or `nil` when there is no such tensor.
  func shape(of name: String) -> [Int]?
  /// How the file stores the elements, or `nil` when there is no such tensor.
  func elementType(of name: String) -> ElementType?
  /// The tensor as 32-bit floats: pages of the file itself when it stores them so, a
  /// converted copy otherwise.
  /// - Throws: `TensorSourceError.noTensor`, or the format's own error.
  func tensor(_ name: String) throws -> Tensor
  /// The values of a tensor of whole numbers, such as labels or a batch counter.
  /// - Throws: `TensorSourceError.noTensor` or `.notIntegers`.
  func integers(_ name: String) throws -> [Int64]
}

extension TensorSource {
  public var metadata: [String: String] { [:] }

  /// The tensor, after a check that it has the shape the caller needs.
  /// - Throws: `TensorSourceError.shape`, and what `tensor(_:)` throws.
  public func tensor(_ name: String, shape expected: [Int]) throws -> Tensor {
    guard let found = shape(of: name) else { throw noTensor(name) }
    guard found == expected else {
      throw TensorSourceError.shape(path: path, name: name, expected: expected, found: found)
    }
    return try tensor(name)
  }

  func noTensor(_ name: String) -> TensorSourceError {
    .noTensor(path: path, name: name, nearest: NearestName.find(name, in: names))
  }
}

/// A question to a tensor file that it has no answer to.
public enum TensorSourceError: DescribedError, Equatable {
  /// There is no tensor of this name; `nearest` may be what was meant.
  case noTensor(path: String, name: String, nearest: String?)
  /// Whole numbers were asked for and the tensor stores something else.
  case notIntegers(path: String, name: String, found: ElementType)
  /// The tensor has another shape than the model needs.
  case shape(path: String, name: String, expected: [Int], found: [Int])
}

extension TensorSourceError {
  public var message: String {
    switch self {
    case .noTensor(let path, let name, _): "'\(path)' has no tensor '\(name)'"
    case .notIntegers(let path, let name, let found):
      "'\(path)': tensor '\(name)' should hold integers, found \(found.rawValue)"
    case .shape(let path, let name, let expected, let found):
      "'\(path)': tensor '\(name)' should have shape \(expected), found \(found)"
    }
  }

  public var hint: String? {
    if case .noTensor(_, _, let nearest?) = self { return "did you mean '\(nearest)'?" }
    return nil
  }
}
