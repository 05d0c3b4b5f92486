/// Parameters from a file, whose names there begin with a prefix and a folder. Notes what is
/// used and what is missing, so that all of it can be told at once.
final class StoredParameters: ParameterSource {
  private let source: any TensorSource
  private let prefix: String
  /// Folders whose tensors must all be used.
  private let folders: [String]
  /// Of the parameters asked for next.
  var folder = ""
  private var used: Set<String> = []
  private var missing: [String] = []

  /// - Parameter folders: below the prefix; what is elsewhere is not of these parameters.
  init(_ source: any TensorSource, prefix: String = "", folders: [String] = [""]) {
    self.source = source
    self.prefix = prefix
    self.folders = folders.map { prefix + $0 }
  }

  var path: String { source.path }

  func has(_ name: String) -> Bool { source.shape(of: prefix + folder + name) != nil }

  func tensor(_ name: String, _ shape: [Int], _ initialization: Initialization) throws -> Tensor {
    let full = prefix + folder + name
    guard has(name) else {
      missing.append(full)
      // A description can claim more than memory holds.
      if missing.count > 1000 { try finish() }
      return try .absent(shape)
    }
    used.insert(full)
    return try source.tensor(full, shape: shape)
  }

  /// - Throws: `ModelFileError.names` listing what is missing and what is left over.
  func finish() throws {
    let leftOver = source.names.filter { name in
      folders.contains(where: name.hasPrefix) && !used.contains(name)
    }
    guard missing.isEmpty, leftOver.isEmpty else {
      throw ModelFileError.names(path: path, missing: missing, leftOver: leftOver)
    }
  }
}

extension Tensor {
  /// Stands for a tensor that a file should hold and does not, until that can be told. It has
  /// a shape and no memory for it: nobody may read or write its elements.
  static func absent(_ shape: [Int]) throws -> Tensor {
    let owner = try Storage(bytes: 64)
    return Tensor(borrowing: owner.base, shape: shape, owner: owner)
  }
}
