/// Why a run cannot be saved or taken up again.
public enum CheckpointError: DescribedError, Equatable {
  /// The file holds something else.
  case kind(path: String, found: String)
  /// The file is of a format that this version does not know.
  case format(path: String, found: Int, version: String)
  /// The file says something that cannot be.
  case damaged(path: String, reason: String)
  /// What the parts of the run were loaded from is not on record: they were put together in
  /// memory.
  case unknownData(part: String)
  /// The folder of the run's data is gone.
  case noFolder(path: String)
  /// The parts come from several folders, so that one path cannot stand for them.
  case severalFolders([String])
  /// The data is no longer what the run was trained on.
  case changedData(folder: String, DataChange)
  /// A set given in place of the run's own is another one.
  case otherClips(part: String, difference: String)
}

extension CheckpointError {
  public var message: String {
    switch self {
    case .kind(let path, let found): "'\(path)' should hold a training run, found \(found)"
    case .format(let path, let found, let version):
      "'\(path)' has format \(found), of petl \(version.shown); petl \(PetlVersion.current) "
        + "reads format \(CheckpointDescription.format)"
    case .damaged(let path, let reason): "'\(path)' is damaged: \(reason)"
    case .unknownData(let part):
      "the clips in '\(part)' were put together by hand, so they cannot be loaded again"
    case .noFolder(let path): "the run's data is gone: there is no folder '\(path)'"
    case .severalFolders(let folders):
      "the run's data comes from \(folders.count) folders, and 'path' is one: \(folders.shownList)"
    case .changedData(let folder, let change):
      "the data in '\(folder)' is not what the run was trained on: \(change)"
    case .otherClips(let part, let difference):
      "'\(part)' is not what the run was trained on: \(difference)"
    }
  }

  public var hint: String? {
    switch self {
    case .kind(let path, found: "a whole model"): "net = model \"\(path)\" reads it"
    case .kind(let path, found: "a set of adapters"): "load net, \"\(path)\" puts it on a model"
    case .format: "resume it with the petl that wrote it"
    case .damaged: "was it copied completely?"
    case .unknownData(let part): "resume FILE, \(part): CLIPS takes them as they are now"
    case .noFolder: "resume FILE, path: \"FOLDER\" looks for it elsewhere"
    case .severalFolders: "resume FILE, train: CLIPS, valid: CLIPS takes sets that are loaded"
    case .changedData: "put the files back, or resume FILE, path: \"FOLDER\" with a copy of them"
    default: nil
    }
  }
}
