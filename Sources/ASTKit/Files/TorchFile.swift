/// A file of PyTorch's `torch.save` that holds a state dict: `pytorch_model.bin`, `.pth`,
/// `.pt`, in the zip format or the one before PyTorch 1.6.
///
/// It is a pickle, that is, a program; `Unpickler` reads the few instructions that describe
/// tensors and refuses all else by name. Contiguous 32-bit floats are pages of the file.
public final class TorchFile: TensorSource {
  private let file: MappedFile
  /// Where each storage lies in the file, by its key.
  private let storages: [String: Range<Int>]
  private let tensors: [String: PickleHeap.StridedTensor]
  public let names: [String]
  /// Keys of the file that are no tensors, such as `epoch` or `optimizer`; not read.
  public let otherKeys: [String]
  /// What else the file has that a model could be made of, in words; `nil` for nothing.
  let choice: String?

  /// Opens and checks the file; no tensor is read yet.
  /// - Throws: `FileError`, `TorchFileError`, `PickleError`.
  public init(_ path: String) throws {
    let file = try MappedFile(path)
    self.file = file
    let state: StateDictionary
    (state, storages) = try file.reading {
      if file.bytes.starts(with: ZipDirectory.signature) {
        return try TorchFile.readArchive(file)
      }
      guard let start = LegacyTorchFile.signatureLength(file.bytes) else {
        throw TorchFile.refusal(of: file)
      }
      return try LegacyTorchFile.read(file, from: start)
    }
    names = state.tensors.map(\.name)
    otherKeys = state.otherKeys
    choice = state.key.flatMap { key in
      state.otherWeights.isEmpty
        ? nil
        : "'\(path)' has tensors under \(state.otherWeights.shownList) as well: those under "
          + "\(key.shown) are read"
    }
    tensors = Dictionary(state.tensors.map { ($0.name, $0.tensor) }) { first, _ in first }
    try check()
  }

  public var path: String { file.path }
  public func shape(of name: String) -> [Int]? { tensors[name]?.shape }
  public func elementType(of name: String) -> ElementType? { tensors[name]?.storage.type }

  public func tensor(_ name: String) throws -> Tensor {
    let (tensor, elements) = try find(name)
    if tensor.isContiguous { return try elements.tensor(tensor.shape) }
    return try elements.gather(tensor.shape, strides: tensor.strides)
  }

  public func integers(_ name: String) throws -> [Int64] {
    let (tensor, elements) = try find(name)
    guard tensor.isContiguous else {
      throw TensorSourceError.notIntegers(
        path: path, name: name, found: tensor.storage.type)
    }
    return try elements.integers(tensor.shape, name: name)
  }

  private func find(
    _ name: String
  ) throws -> (tensor: PickleHeap.StridedTensor, elements: StoredElements) {
    guard let tensor = tensors[name] else { throw noTensor(name) }
    let start = storages[tensor.storage.key]?.lowerBound ?? 0
    let elements = StoredElements(
      file: file, offset: start + (tensor.storage.start + tensor.offset) * tensor.storage.type.size,
      type: tensor.storage.type)
    return (tensor, elements)
  }

  /// A bare pickle that calls something is refused by the name of what it calls.
  private static func refusal(of file: MappedFile) -> any Error {
    var unpickler = Unpickler(path: file.path, bytes: file.slice(0..<file.count))
    do {
      _ = try unpickler.run()
    } catch {
      if case .global = error.reason { return error }
    }
    return TorchFileError.notTorch(path: file.path)
  }

  private static func readArchive(
    _ file: MappedFile
  ) throws -> (StateDictionary, [String: Range<Int>]) {
    let records = try ZipDirectory(file).records
    let pickles = records.keys.filter { $0.hasSuffix("/data.pkl") }
    guard pickles.count == 1, let name = pickles.first, let range = records[name] else {
      throw TorchFileError.noPickle(path: file.path, found: pickles.count)
    }
    let folder = name.dropLast("data.pkl".count)
    if let order = records["\(folder)byteorder"], file.slice(order).starts(with: "big".utf8) {
      throw TorchFileError.bigEndian(path: file.path)
    }
    var unpickler = Unpickler(path: file.path, bytes: file.slice(range))
    let value = try unpickler.run()
    var storages: [String: Range<Int>] = [:]
    for (record, range) in records where record.hasPrefix("\(folder)data/") {
      storages[String(record.dropFirst(folder.count + 5))] = range
    }
    return (try StateDictionary(value, in: unpickler.heap, path: file.path), storages)
  }
}

extension TorchFile {
  /// Bytes that are never too many.
  private static let smallAmount = 1 << 20

  /// Every tensor must lie in its storage, and no set of views may claim more memory than
  /// a file of this size can mean.
  private func check() throws(TorchFileError) {
    var copied = 0
    for name in names {
      guard let tensor = tensors[name] else { continue }
      guard let range = storages[tensor.storage.key] else {
        throw .noStorage(path: path, tensor: name, key: tensor.storage.key)
      }
      guard let count = ByteCount.of(tensor.shape, elementSize: 1),
        let bytes = ByteCount.of(tensor.shape, elementSize: 4), let span = tensor.span,
        let needed = ByteCount.of([span], elementSize: tensor.storage.type.size)
      else { throw .shape(path: path, tensor: name, shape: tensor.shape) }
      guard needed <= range.count else {
        throw .outOfRange(path: path, tensor: name, needed: needed, available: range.count)
      }
      // More elements than the storage has: a view that repeats them, as `expand` gives. It
      // may need more memory than a small file has bytes, but not much more.
      let repeats = count > range.count / tensor.storage.type.size
      if repeats || !(tensor.isContiguous && tensor.storage.type == .float32) {
        let (sum, overflow) = copied.addingReportingOverflow(bytes)
        copied = overflow ? .max : sum
      }
      guard copied <= max(8 * file.count, TorchFile.smallAmount) else {
        throw .amount(path: path, bytes: copied, fileBytes: file.count)
      }
    }
  }
}

extension PickleHeap.StridedTensor {
  /// Whether the elements follow each other in row-major order.
  var isContiguous: Bool {
    if shape.contains(0) { return true }
    var expected = 1
    for (size, stride) in zip(shape, strides).reversed() where size != 1 {
      if stride != expected { return false }
      expected *= size
    }
    return true
  }

  /// Elements from the beginning of the storage to the end of the last one used, or `nil`
  /// when the number overflows.
  var span: Int? {
    if shape.contains(0) { return 0 }
    var (last, overflow) = offset.addingReportingOverflow(storage.start)
    for (size, stride) in zip(shape, strides) {
      let (step, stepOverflow) = (size - 1).multipliedReportingOverflow(by: stride)
      let (sum, sumOverflow) = last.addingReportingOverflow(step)
      last = sum
      overflow = overflow || stepOverflow || sumOverflow
    }
    let (span, spanOverflow) = last.addingReportingOverflow(1)
    return overflow || spanOverflow ? nil : span
  }
}
