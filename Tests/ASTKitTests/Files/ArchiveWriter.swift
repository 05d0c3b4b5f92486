import ASTKit

/// Writes zip archives by hand, right or wrong, as torch.save's reader must meet them.
struct ArchiveWriter {
  var bytes: [UInt8] = []
  private var directory: [UInt8] = []
  private var count: UInt16 = 0

  /// Adds a stored record; `claimed` is the size its entries state.
  mutating func add(_ name: String, _ data: [UInt8], claimed: UInt32? = nil, method: UInt16 = 0) {
    let size = claimed ?? UInt32(data.count)
    let offset = UInt32(bytes.count)
    let common =
      little(UInt16(0)) + little(method) + little(UInt32(0)) + little(UInt32(0)) + little(size)
      + little(size) + little(UInt16(name.utf8.count)) + little(UInt16(0))
    bytes += little(UInt32(0x0403_4b50)) + little(UInt16(20)) + common
    bytes += Array(name.utf8) + data
    directory += little(UInt32(0x0201_4b50)) + little(UInt16(20)) + little(UInt16(20)) + common
    directory += [UInt8](repeating: 0, count: 10) + little(offset) + Array(name.utf8)
    count += 1
  }

  /// The whole archive; the arguments replace what the closing record would truly say.
  func finish(count claimed: UInt16? = nil, offset: UInt32? = nil) -> [UInt8] {
    bytes + directory + little(UInt32(0x0605_4b50)) + little(UInt32(0))
      + little(claimed ?? count) + little(claimed ?? count) + little(UInt32(directory.count))
      + little(offset ?? UInt32(bytes.count)) + little(UInt16(0))
  }

  /// A file of torch.save with this pickle and these storages.
  static func torch(_ pickle: [UInt8], storages: [[UInt8]] = []) -> [UInt8] {
    var writer = ArchiveWriter()
    writer.add("a/data.pkl", pickle)
    for (i, data) in storages.enumerated() { writer.add("a/data/\(i)", data) }
    return writer.finish()
  }

  private func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian, Array.init)
  }
}

/// Pickles by hand.
enum PickleWriter {
  static func text(_ value: String) -> [UInt8] {
    [0x8c, UInt8(value.utf8.count)] + Array(value.utf8)
  }
  static func global(_ module: String, _ name: String) -> [UInt8] {
    Array("c\(module)\n\(name)\n".utf8)
  }
  static func integer(_ value: Int64) -> [UInt8] {
    [0x8a, 8] + withUnsafeBytes(of: value.littleEndian, Array.init)
  }
  static func tuple(_ values: [UInt8]...) -> [UInt8] { [0x28] + values.flatMap(\.self) + [0x74] }
  static func integers(_ values: [Int64]) -> [UInt8] {
    [0x28] + values.flatMap(integer) + [0x74]
  }

  /// A call that describes a tensor in storage `key`.
  static func tensor(
    key: String = "0", type: String = "FloatStorage", numel: Int64 = 4, offset: Int64 = 0,
    shape: [Int64], strides: [Int64]
  ) -> [UInt8] {
    let storage =
      tuple(text("storage"), global("torch", type), text(key), text("cpu"), integer(numel))
      + [0x51]
    return global("torch._utils", "_rebuild_tensor_v2")
      + tuple(
        storage, integer(offset), integers(shape), integers(strides), [0x89],
        global("collections", "OrderedDict") + [0x29, 0x52]) + [0x52]
  }

  /// `{"w": value}`, complete.
  static func dictionary(_ value: [UInt8]) -> [UInt8] {
    [0x80, 2, 0x7d] + text("w") + value + [0x73, 0x2e]
  }

  /// `{name: tensor, …}`, inside another dictionary under each of `keys`, the outermost first,
  /// with `beside` it, pairs of keys and values.
  static func state(
    _ tensors: [(name: String, tensor: Tensor)], under keys: [String] = [], beside: [UInt8] = []
  ) -> [UInt8] {
    var value: [UInt8] = [0x7d]
    for (i, item) in tensors.enumerated() {
      let shape = item.tensor.shape
      let strides = shape.indices.map { shape[($0 + 1)...].reduce(1, *) }
      value +=
        text(item.name)
        + tensor(
          key: "\(i)", numel: Int64(item.tensor.count), shape: shape.map(Int64.init),
          strides: strides.map(Int64.init)) + [0x73]
    }
    for key in keys.reversed() { value = [0x7d] + text(key) + value + [0x73] + beside }
    return [0x80, 2] + value + [0x2e]
  }
}

extension ArchiveWriter {
  /// A file of torch.save with these tensors; see `PickleWriter.state`.
  static func torch(
    _ tensors: [(name: String, tensor: Tensor)], under keys: [String] = [], beside: [UInt8] = []
  ) -> [UInt8] {
    torch(
      PickleWriter.state(tensors, under: keys, beside: beside),
      storages: tensors.map { $0.tensor.values.flatMap { withUnsafeBytes(of: $0, Array.init) } })
  }
}
