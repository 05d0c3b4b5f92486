/// A value a pickle builds. Containers are indices into the unpickler's own arrays, so that
/// no nesting, and no value that contains itself, can exhaust the stack or leak.
enum PickleValue: Equatable {
  case none
  case bool(Bool)
  case integer(Int64)
  /// An integer beyond 64 bits; only PyTorch's magic number is one.
  case largeInteger
  case double(Double)
  case text(String)
  case bytes
  /// An index into `PickleHeap.sequences`.
  case tuple(Int)
  case list(Int)
  /// An index into `PickleHeap.dictionaries`.
  case dictionary(Int)
  /// A function or class of the allow-list.
  case global(PickleGlobal)
  /// An index into `PickleHeap.storages`.
  case storage(Int)
  /// An index into `PickleHeap.tensors`.
  case tensor(Int)
}

/// The functions and classes a tensor file may name. They are only ever recognised: each
/// stands for a description that petl builds itself.
enum PickleGlobal: Equatable {
  case orderedDictionary
  case rebuildTensor
  case rebuildParameter
  case size
  case storage(ElementType)

  /// The meaning of a qualified Python name, or `nil` when it is not on the list.
  init?(_ name: String) {
    switch name {
    case "collections.OrderedDict": self = .orderedDictionary
    case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2": self = .rebuildTensor
    case "torch._utils._rebuild_parameter": self = .rebuildParameter
    case "torch.Size": self = .size
    default:
      guard name.hasPrefix("torch."), name.hasSuffix("Storage"),
        let type = PickleGlobal.storageTypes[String(name.dropFirst(6).dropLast(7))]
      else { return nil }
      self = .storage(type)
    }
  }

  private static let storageTypes: [String: ElementType] = [
    "Float": .float32, "Double": .float64, "Half": .float16, "BFloat16": .bfloat16,
    "Long": .int64, "Int": .int32, "Short": .int16, "Char": .int8, "Byte": .uint8,
    "Bool": .bool,
  ]
}

/// What the values of a pickle refer to.
struct PickleHeap {
  /// Elements that the file stores under a key.
  struct Storage: Equatable {
    var key: String
    var type: ElementType
    /// Elements, as the pickle claims.
    var count: Int
    /// First element of the storage proper that this one begins at (old files only).
    var start = 0
  }

  /// A view into a storage, in elements.
  struct StridedTensor: Equatable {
    var storage: Storage
    var offset: Int
    var shape: [Int]
    var strides: [Int]
  }

  var sequences: [[PickleValue]] = []
  var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []
  var storages: [Storage] = []
  var tensors: [StridedTensor] = []
}
