import ASTKit

/// Reads everything that a file of tensors has.
package enum TensorDigest {
  /// - Throws: what the file throws, or `BrokenPromise` when it contradicts itself.
  package static func of(_ source: any TensorSource) throws -> Int {
    var hasher = Hasher()
    guard Set(source.names).count == source.names.count else {
      throw BrokenPromise("two tensors of one name")
    }
    for (key, value) in source.metadata.sorted(by: { $0.key < $1.key }) {
      hasher.combine(key)
      hasher.combine(value)
    }
    for name in source.names {
      guard let shape = source.shape(of: name), source.elementType(of: name) != nil else {
        throw BrokenPromise("a tensor without shape or type")
      }
      hasher.combine(name)
      hasher.combine(shape)
      let tensor = try source.tensor(name)
      guard tensor.shape == shape, tensor.count == shape.reduce(1, *) else {
        throw BrokenPromise("a tensor of another shape than the file says")
      }
      withExtendedLifetime(tensor) {
        hasher.combine(bytes: UnsafeRawBufferPointer(tensor.elements))
      }
      do { hasher.combine(try source.integers(name)) } catch is TensorSourceError {}
    }
    return hasher.finalize()
  }
}
