/// What is wrong with a file of `torch.save`, apart from its pickle (`PickleError`).
public enum TorchFileError: DescribedError, Equatable {
  /// Neither a zip archive nor PyTorch's older format.
  case notTorch(path: String)
  /// The zip archive's directory contradicts the file.
  case archive(path: String, reason: String)
  /// A record of the archive is compressed or encrypted, which `torch.save` never does.
  case compressed(path: String, record: String)
  /// The archive has no `data.pkl`, or more than one.
  case noPickle(path: String, found: Int)
  /// The numbers are stored with the most significant byte first.
  case bigEndian(path: String)
  /// The pickle refers to a storage that the file does not have.
  case noStorage(path: String, tensor: String, key: String)
  /// The tensor reaches beyond its storage, or the storage beyond the file.
  case outOfRange(path: String, tensor: String, needed: Int, available: Int)
  /// A shape whose size overflows.
  case shape(path: String, tensor: String, shape: [Int])
  /// The tensors together claim more memory than a file of this size can need.
  case amount(path: String, bytes: Int, fileBytes: Int)
  /// Two tensors have the same name.
  case duplicateName(path: String, tensor: String)
  /// The file's value holds no named tensors; `found` is what it does hold.
  case noTensors(path: String, found: [String])
}

extension TorchFileError {
  public var message: String {
    switch self {
    case .notTorch(let path): "'\(path)' is not a file of torch.save"
    case .archive(let path, let reason): "'\(path)' is a broken archive: \(reason)"
    case .compressed(let path, let record):
      "'\(path)': record '\(record.shown)' is compressed or encrypted"
    case .noPickle(let path, let found):
      "'\(path)' should have one record 'data.pkl', found \(found)"
    case .bigEndian(let path): "'\(path)' stores its numbers in big-endian order"
    case .noStorage(let path, let tensor, let key):
      "'\(path)': tensor '\(tensor.shown)' refers to record 'data/\(key.shown)', which is missing"
    case .outOfRange(let path, let tensor, let needed, let available):
      "'\(path)': tensor '\(tensor.shown)' needs \(needed) bytes of its storage,"
        + " which has \(available)"
    case .shape(let path, let tensor, let shape):
      "'\(path)': tensor '\(tensor.shown)' of shape \(shape) is larger than any file"
    case .amount(let path, let bytes, let fileBytes):
      "'\(path)' claims tensors of \(bytes) bytes in a file of \(fileBytes)"
    case .duplicateName(let path, let tensor): "'\(path)' names tensor '\(tensor.shown)' twice"
    case .noTensors(let path, let found):
      "'\(path)' holds no named tensors"
        + (found.isEmpty ? "" : ", only: \(found.prefix(8).map(\.shown).joined(separator: ", "))")
    }
  }

  public var hint: String? {
    switch self {
    case .notTorch, .archive: "was it downloaded completely?"
    case .compressed: "save it again with torch.save"
    default: nil
    }
  }
}
