/// The names and calls of PyTorch that describe tensors; each is recognised, none is made.
extension Unpickler {
  mutating func pushGlobal(_ name: String) throws(PickleError) {
    guard let global = PickleGlobal(name) else { throw fail(.global(name)) }
    try push(.global(global))
  }

  /// What `REDUCE` of a known function with these arguments stands for.
  mutating func reduce(
    _ function: PickleValue, arguments: PickleValue
  ) throws(PickleError) {
    guard case .global(let global) = function else {
      throw fail(.misuse("a value is called that is no function"))
    }
    guard case .tuple(let index) = arguments else {
      throw fail(.misuse("a function is called without arguments"))
    }
    let values = heap.sequences[index]
    switch global {
    case .orderedDictionary: try pushOrderedDictionary(values)
    case .rebuildTensor: try pushTensor(values)
    case .rebuildParameter:
      guard let value = values.first, case .tensor = value else {
        throw fail(.call("torch._utils._rebuild_parameter"))
      }
      try push(value)
    case .size:
      guard values.count == 1, case .tuple = values[0] else { throw fail(.call("torch.Size")) }
      try push(values[0])
    case .storage: throw fail(.call("torch storage"))
    }
  }

  /// `OrderedDict()` in Python 3, `OrderedDict([[key, value], …])` in Python 2.
  private mutating func pushOrderedDictionary(_ values: [PickleValue]) throws(PickleError) {
    let dictionary = newDictionary()
    if let first = values.first {
      guard values.count == 1, case .list(let list) = first,
        case .dictionary(let index) = dictionary
      else { throw fail(.call("collections.OrderedDict")) }
      for item in heap.sequences[list] {
        guard let pair = elements(item), pair.count == 2 else {
          throw fail(.call("collections.OrderedDict"))
        }
        try addItems(pair, to: index)
      }
    }
    try push(dictionary)
  }

  /// `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)`.
  private mutating func pushTensor(_ values: [PickleValue]) throws(PickleError) {
    guard values.count >= 4, case .storage(let storage) = values[0],
      case .integer(let offset) = values[1], let shape = sizes(values[2]),
      let strides = sizes(values[3]), shape.count == strides.count, offset >= 0,
      // The seventh, if any, would mark the values as negated or conjugated.
      values.count < 7 || values[6] == .none
    else { throw fail(.call("torch._utils._rebuild_tensor_v2")) }
    heap.tensors.append(
      .init(
        storage: heap.storages[storage], offset: Int(offset), shape: shape, strides: strides))
    try push(.tensor(heap.tensors.count - 1))
  }

  /// The persistent id of a storage: `("storage", type, key, device, count)`; in old files
  /// followed by `None` or `(view key, offset, size)`.
  mutating func pushStorage(_ id: PickleValue) throws(PickleError) {
    guard let values = elements(id), values.count == 5 || values.count == 6,
      values[0] == .text("storage"), case .global(.storage(let type)) = values[1],
      case .text(let key) = values[2], case .integer(let count) = values[4], count >= 0
    else { throw fail(.misuse("a storage is not described as PyTorch does")) }
    var storage = PickleHeap.Storage(key: key, type: type, count: Int(count))
    if values.count == 6, values[5] != .none {
      guard let view = elements(values[5]), view.count == 3, case .integer(let start) = view[1],
        case .integer(let size) = view[2], start >= 0, size >= 0
      else { throw fail(.misuse("a view of a storage is not described as PyTorch does")) }
      storage.start = Int(start)
    }
    heap.storages.append(storage)
    try push(.storage(heap.storages.count - 1))
  }

  private func elements(_ value: PickleValue) -> [PickleValue]? {
    switch value {
    case .tuple(let i), .list(let i): heap.sequences[i]
    default: nil
    }
  }

  /// A tuple of sizes, none negative, no more of them than PyTorch allows dimensions.
  private func sizes(_ value: PickleValue) -> [Int]? {
    guard let values = elements(value), values.count <= 64 else { return nil }
    var result: [Int] = []
    for value in values {
      guard case .integer(let size) = value, size >= 0 else { return nil }
      result.append(Int(size))
    }
    return result
  }
}
