/// Elements in consecutive bytes of a mapped file, in any number format.
struct StoredElements {
  let file: MappedFile
  /// First byte of the first element; the reader has checked that all lie within the file.
  let offset: Int
  let type: ElementType

  /// The elements as a tensor: the file's own pages if it stores aligned 32-bit floats, a
  /// converted copy otherwise.
  /// - Throws: `EngineError.memory`, `FileError.changed`.
  func tensor(_ shape: [Int]) throws -> Tensor {
    guard let base = file.bytes.baseAddress, !shape.contains(0) else {
      return try Tensor(shape)
    }
    let start = base + offset
    if type == .float32, UInt(bitPattern: start) % UInt(MemoryLayout<Float>.alignment) == 0 {
      return Tensor(borrowing: start, shape: shape, owner: file)
    }
    let result = try Tensor(uninitialized: shape)
    try file.reading {
      Threads.split(result.count, grain: 1 << 16) { range in
        type.convert(
          start + range.lowerBound * type.size, count: range.count,
          to: result.pointer + range.lowerBound)
      }
    }
    // Else what had to be copied would be in memory twice.
    file.forget(offset..<(offset + result.count * type.size))
    return result
  }

  /// The elements as integers.
  /// - Throws: `TensorSourceError.notIntegers`, `FileError.changed`.
  func integers(_ shape: [Int], name: String) throws -> [Int64] {
    let count = shape.reduce(1, *)
    var result: [Int64] = []
    result.reserveCapacity(count)
    try file.reading {
      for i in 0..<count {
        guard let base = file.bytes.baseAddress,
          let value = type.integer(base, at: offset + i * type.size)
        else {
          throw TensorSourceError.notIntegers(path: file.path, name: name, found: type)
        }
        result.append(value)
      }
    }
    return result
  }
}

extension StoredElements {
  /// A copy in row-major order of elements that lie `strides` apart, as in a transposed view.
  /// - Throws: `EngineError.memory`, `FileError.changed`.
  func gather(_ shape: [Int], strides: [Int]) throws -> Tensor {
    let result = try Tensor(shape)
    guard let base = file.bytes.baseAddress, result.count > 0, !shape.isEmpty else {
      return result
    }
    var index = [Int](repeating: 0, count: shape.count)
    var source = 0
    try file.reading {
      for i in 0..<result.count {
        type.convert(
          base + offset + source * type.size, count: 1, to: result.pointer + i)
        var dimension = shape.count - 1
        while dimension >= 0 {
          index[dimension] += 1
          // The stride of a dimension of size 1 may be any number at all.
          source &+= strides[dimension]
          if index[dimension] < shape[dimension] { break }
          source &-= strides[dimension] &* shape[dimension]
          index[dimension] = 0
          dimension -= 1
        }
      }
    }
    return result
  }
}
