import FoundationEssentials

/// Finds the adapter that a path stands for: a folder of peft, a file inside one, the folder
/// above one, or a file that petl saved.
public enum AdapterPath {
  private enum Place {
    case peft(folder: String, tensors: String?)
    case file
  }

  /// Puts the adapter at a path on a model; on any error the model is unchanged.
  ///
  /// - Parameter name: what to call it, if the file holds one.
  /// - Returns: what is worth telling, such as a head made anew.
  /// - Throws: `AdapterPathError`, and what `PEFTFolder.load` and `AdapterFile.load` throw.
  public static func load(
    _ path: String, into model: AudioClassifier, as name: String? = nil
  ) throws -> [String] {
    guard FileManager.default.fileExists(atPath: path) else {
      throw AdapterPathError.missing(path: path, nearest: NeighbouringFiles.nearest(path))
    }
    if NeighbouringFiles.isFolder(path), !isSettled(path) {
      let inside = NeighbouringFiles.folders(in: path).filter(PEFTFolder.isAdapter)
      guard inside.count < 2 else {
        throw AdapterPathError.several(path: path, kind: "adapters", folders: inside)
      }
      if let only = inside.first {
        return ["the adapter is '\(only)'"] + (try load(only, into: model, as: name))
      }
    }
    switch try place(of: path) {
    case .peft(let folder, let tensors):
      return try PEFTFolder.load(folder, tensors: tensors, into: model, as: name)
    case .file: return try AdapterFile.load(path, into: model, as: name)
    }
  }

  /// Whether a folder itself holds an adapter or a model.
  private static func isSettled(_ folder: String) -> Bool {
    ([PEFTFolder.configurationName] + TensorFile.names).contains {
      FileManager.default.fileExists(atPath: "\(folder)/\($0)")
    }
  }

  private static func place(of path: String) throws -> Place {
    let isFolder = NeighbouringFiles.isFolder(path)
    let folder = isFolder ? path : PathBytes.parent(of: path)
    guard FileManager.default.fileExists(atPath: "\(folder)/\(PEFTFolder.configurationName)") else {
      return .file
    }
    let isConfiguration = PathBytes.lastComponent(of: path) == PEFTFolder.configurationName
    if isFolder || isConfiguration { return .peft(folder: folder, tensors: nil) }
    // petl's own files describe themselves, wherever they lie.
    let isOwn = try TensorFile.openFile(path).metadata[ModelDescription.key] != nil
    return isOwn ? .file : .peft(folder: folder, tensors: path)
  }

  /// What to say when a model was asked for and an adapter is there; `nil` when it is not.
  static func refusal(ofModelAt path: String) -> AdapterPathError? {
    let isFolder = NeighbouringFiles.isFolder(path)
    let folder = isFolder ? path : PathBytes.parent(of: path)
    let isAdapterFile =
      isFolder
      || [
        PEFTFolder.configurationName, PEFTFolder.tensorsName, PEFTFolder.olderTensorsName,
      ].contains(PathBytes.lastComponent(of: path))
    let holdsModel =
      isFolder
      && TensorFile.names.contains { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }
    guard isAdapterFile, !holdsModel,
      let configuration = try? JSONFile.read("\(folder)/\(PEFTFolder.configurationName)")
    else { return nil }
    let hub = configuration.has("peft_type") ? nil : try? configuration.text("model_name")
    let base = try? configuration.text("base_model_name_or_path")
    return .adapter(path: path, base: hub ?? base)
  }
}

/// Why a path does not lead to an adapter or a model.
public enum AdapterPathError: DescribedError, Equatable {
  /// Nothing is there; `nearest` may be what was meant.
  case missing(path: String, nearest: String?)
  /// A folder above several.
  case several(path: String, kind: String, folders: [String])
  /// An adapter where a model is asked for; `base` is the model it was trained on, if it says so.
  case adapter(path: String, base: String?)
}

extension AdapterPathError {
  public var message: String {
    switch self {
    case .missing(let path, _): "there is no file '\(path)'"
    case .several(let path, let kind, let folders):
      "'\(path)' has \(folders.count) \(kind) inside: \(folders.shownList)"
    case .adapter(let path, let base):
      "'\(path)' is an adapter"
        + (base.map { " for the model '\($0.shown)'" } ?? "") + ", and no model itself"
    }
  }

  public var hint: String? {
    switch self {
    case .missing(_, let nearest): nearest.map { "did you mean '\($0)'?" }
    case .several: "give one of them"
    case .adapter(let path, _):
      "net = model PATH with the model it was trained on, then load net, \"\(path)\""
    }
  }
}
