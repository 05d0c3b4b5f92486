/// The number format of a tensor in a file. In memory every tensor is 32-bit float.
public enum ElementType: String, Sendable, Equatable, CaseIterable {
  case float64 = "F64"
  case float32 = "F32"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case int64 = "I64"
  case int32 = "I32"
  case int16 = "I16"
  case int8 = "I8"
  case uint64 = "U64"
  case uint32 = "U32"
  case uint16 = "U16"
  case uint8 = "U8"
  case bool = "BOOL"

  /// Bytes per element.
  public var size: Int {
    switch self {
    case .float64, .int64, .uint64: 8
    case .float32, .int32, .uint32: 4
    case .float16, .bfloat16, .int16, .uint16: 2
    case .int8, .uint8, .bool: 1
    }
  }
}

extension ElementType {
  /// Writes `count` elements that start at `source` (any alignment, little-endian) to
  /// `target` as 32-bit floats, rounding to nearest where the format is wider.
  func convert(
    _ source: UnsafeRawPointer, count: Int, to target: UnsafeMutablePointer<Float>
  ) {
    func each<T>(_ type: T.Type, _ value: (T) -> Float) {
      for i in 0..<count {
        target[i] = value(
          source.loadUnaligned(fromByteOffset: i &* MemoryLayout<T>.stride, as: T.self))
      }
    }
    switch self {
    case .float32: UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: count * 4)
    case .float64: each(Double.self) { Float($0) }
    case .float16: each(UInt16.self, ElementType.widenHalf)
    case .bfloat16: each(UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
    case .int64: each(Int64.self) { Float($0) }
    case .int32: each(Int32.self) { Float($0) }
    case .int16: each(Int16.self) { Float($0) }
    case .int8: each(Int8.self) { Float($0) }
    case .uint64: each(UInt64.self) { Float($0) }
    case .uint32: each(UInt32.self) { Float($0) }
    case .uint16: each(UInt16.self) { Float($0) }
    case .uint8: each(UInt8.self) { Float($0) }
    case .bool: each(UInt8.self) { $0 == 0 ? 0 : 1 }
    }
  }

  /// The element at `offset` bytes as an integer, or `nil` when the format holds fractions
  /// or the value does not fit.
  func integer(_ source: UnsafeRawPointer, at offset: Int) -> Int64? {
    func load<T>(_ type: T.Type) -> T { source.loadUnaligned(fromByteOffset: offset, as: T.self) }
    switch self {
    case .int64: return load(Int64.self)
    case .int32: return Int64(load(Int32.self))
    case .int16: return Int64(load(Int16.self))
    case .int8: return Int64(load(Int8.self))
    case .uint64: return Int64(exactly: load(UInt64.self))
    case .uint32: return Int64(load(UInt32.self))
    case .uint16: return Int64(load(UInt16.self))
    case .uint8: return Int64(load(UInt8.self))
    case .bool: return load(UInt8.self) == 0 ? 0 : 1
    case .float64, .float32, .float16, .bfloat16: return nil
    }
  }

  /// IEEE binary16 to binary32 in arithmetic that vectorises on any CPU: the exponent is
  /// corrected by a multiplication, which also makes subnormals normal.
  private static func widenHalf(_ half: UInt16) -> Float {
    let bits = UInt32(half)
    let magnitude = Float(bitPattern: (bits & 0x7fff) << 13) * 0x1p112
    let special: UInt32 = bits & 0x7c00 == 0x7c00 ? 0x7f80_0000 : 0
    return Float(bitPattern: magnitude.bitPattern | special | (bits & 0x8000) << 16)
  }
}
