/// What is wrong with a safetensors file, or with what should be written to one.
public enum SafetensorsError: DescribedError, Equatable {
  /// Fewer bytes than the 8 of the header's length.
  case tooShort(path: String, bytes: Int)
  /// The header's stated length is more than the file holds (it was cut, or is not one).
  case headerLength(path: String, claimed: UInt64, available: Int)
  /// The header's stated length is more than `limit`.
  case headerTooLarge(path: String, claimed: UInt64, limit: Int)
  /// The header is not the JSON object it should be.
  case header(path: String, reason: String)
  /// Two tensors have the same name.
  case duplicateName(path: String, tensor: String)
  /// A tensor's entry lacks something or says something impossible.
  case entry(path: String, tensor: String, reason: String)
  /// The number format is none that petl reads.
  case elementType(path: String, tensor: String, found: String)
  /// Shape and number format need another number of bytes than the entry's range has.
  case byteCount(path: String, tensor: String, needed: Int, found: Int)
  /// The entry's bytes lie outside the file's data.
  case outOfRange(path: String, tensor: String, end: Int, available: Int)
  /// Two tensors share bytes.
  case overlap(path: String, tensor: String, other: String)
  /// Bytes that belong to no tensor lie before `tensor`, or at the end of the file.
  case gap(path: String, before: String?, bytes: Int)
  /// A tensor cannot have this name in a file.
  case name(path: String, tensor: String)
  /// The file should have a checksum and has none.
  case noSeal(path: String)
  /// Some of the file's bytes are not those that were written.
  case seal(path: String)
}

extension SafetensorsError {
  public var message: String {
    switch self {
    case .tooShort(let path, let bytes):
      "'\(path)' is not a safetensors file: it has only \(bytes) bytes"
    case .headerLength(let path, let claimed, let available):
      "'\(path)' is cut short or not a safetensors file: its header claims \(claimed) bytes,"
        + " \(available) follow"
    case .headerTooLarge(let path, let claimed, let limit):
      "'\(path)' is not a safetensors file: its header claims \(claimed) bytes, at most"
        + " \(limit) are allowed"
    case .header(let path, let reason): "'\(path)' has a broken header: \(reason)"
    case .duplicateName(let path, let tensor): "'\(path)' names tensor '\(tensor.shown)' twice"
    case .entry(let path, let tensor, let reason): "'\(path)': tensor '\(tensor.shown)': \(reason)"
    case .elementType(let path, let tensor, let found):
      "'\(path)': tensor '\(tensor.shown)' has element type '\(found.shown)',"
        + " which petl cannot read"
    case .byteCount(let path, let tensor, let needed, let found):
      "'\(path)': tensor '\(tensor.shown)' needs \(needed) bytes for its shape,"
        + " its range has \(found)"
    case .outOfRange(let path, let tensor, let end, let available):
      "'\(path)': tensor '\(tensor.shown)' ends at byte \(end) of the data,"
        + " which has \(available)"
    case .overlap(let path, let tensor, let other):
      "'\(path)': tensors '\(other.shown)' and '\(tensor.shown)' share bytes"
    case .gap(let path, let before?, let bytes):
      "'\(path)': \(bytes) bytes before tensor '\(before.shown)' belong to no tensor"
    case .gap(let path, nil, let bytes):
      "'\(path)': the last \(bytes) bytes belong to no tensor"
    case .name(let path, let tensor): "'\(path)': a tensor cannot be called '\(tensor.shown)'"
    case .noSeal(let path): "'\(path)' is damaged: the checksum of its contents is missing"
    case .seal(let path): "'\(path)' is damaged: its contents do not fit their checksum"
    }
  }

  public var hint: String? {
    switch self {
    case .elementType:
      "known: \(ElementType.allCases.map(\.rawValue).joined(separator: ", "))"
    case .headerLength, .outOfRange: "was it downloaded completely?"
    default: nil
    }
  }
}
