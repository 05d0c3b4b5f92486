/// Finds the named tensors in what a pickle built: the value itself when it is a state dict,
/// or the one it keeps under a usual name, as in `{"model": state_dict, "epoch": 5}`.
struct StateDictionary {
  private(set) var tensors: [(name: String, tensor: PickleHeap.StridedTensor)] = []
  /// Keys whose values are no tensors (`epoch`, `optimizer`), which are not read.
  private(set) var otherKeys: [String] = []
  /// The key that the tensors are under, and others that have tensors, which are not read;
  /// averages of the weights, for one.
  private(set) var key: String?
  private(set) var otherWeights: [String] = []

  /// Where people keep the state dict, in the order tried.
  static let usualKeys = [
    "state_dict", "model_state_dict", "model", "module", "net", "network", "weights",
    // Averages of the weights, where there is nothing else.
    "ema_state_dict", "state_dict_ema", "model_ema", "ema_model", "ema",
  ]

  /// - Throws: `TorchFileError.noTensors`, `.duplicateName`.
  init(_ value: PickleValue, in heap: PickleHeap, path: String) throws(TorchFileError) {
    var current = value
    // A wrapper in a wrapper occurs (`{"checkpoint": {"model": …}}` does not); more is not sane.
    for _ in 0..<3 {
      guard case .dictionary(let index) = current else { break }
      let items = heap.dictionaries[index]
      if items.contains(where: { if case .tensor = $0.value { true } else { false } }) {
        try collect(items, in: heap, path: path)
        return
      }
      otherKeys += StateDictionary.keys(items)
      guard let inner = StateDictionary.usual(items) else { break }
      current = inner.value
      otherKeys.removeAll { $0 == inner.key }
      key = inner.key
      otherWeights += StateDictionary.weights(items, in: heap).filter { $0 != inner.key }
    }
    throw .noTensors(path: path, found: otherKeys)
  }

  private mutating func collect(
    _ items: [(key: PickleValue, value: PickleValue)], in heap: PickleHeap, path: String
  ) throws(TorchFileError) {
    var seen: Set<String> = []
    for (key, value) in items {
      guard case .text(let name) = key, case .tensor(let index) = value else {
        otherKeys += StateDictionary.keys([(key, value)])
        continue
      }
      guard seen.insert(name).inserted else {
        throw .duplicateName(path: path, tensor: name)
      }
      tensors.append((name, heap.tensors[index]))
    }
  }

  private static func usual(
    _ items: [(key: PickleValue, value: PickleValue)]
  ) -> (key: String, value: PickleValue)? {
    for key in usualKeys {
      if let item = items.first(where: { $0.key == .text(key) }), case .dictionary = item.value {
        return (key, item.value)
      }
    }
    return nil
  }

  /// The keys of dictionaries of tensors.
  private static func weights(
    _ items: [(key: PickleValue, value: PickleValue)], in heap: PickleHeap
  ) -> [String] {
    let weights = items.filter { item in
      guard case .dictionary(let index) = item.value else { return false }
      return heap.dictionaries[index].contains {
        if case .tensor = $0.value { true } else { false }
      }
    }
    return keys(weights)
  }

  private static func keys(_ items: [(key: PickleValue, value: PickleValue)]) -> [String] {
    items.map { item in
      switch item.key {
      case .text(let name): name
      case .integer(let number): String(number)
      default: "?"
      }
    }
  }
}
