import FoundationEssentials

/// A trained model, whatever was saved of it: the whole, petl's set of adapters, or a folder of
/// the peft package. Sets come with the backbone that they were trained on.
public enum SavedModel {
  /// Reads it.
  ///
  /// - Parameters:
  ///   - backbone: the file or folder of a set's backbone; default: where it was when the set was
  ///     trained, or a file of that name beside the set; a backbone that was drawn from a seed is
  ///     drawn again.
  ///   - options: of a whole model; a set has its own.
  /// - Returns: the model, and what a person should know.
  /// - Throws: `SavedModelError`, and what reading models and sets throws.
  public static func open(
    _ path: String, backbone: String? = nil, _ options: ModelFile.Options = ModelFile.Options()
  ) throws -> (model: AudioClassifier, notices: [String]) {
    if let description = try adapters(path) {
      return try open(path, description, backbone, options)
    }
    if PEFTFolder.isAdapter(path) {
      let named = try PEFTFolder.read(path).baseModel
      guard let base = try find(named, backbone, beside: path) else {
        throw SavedModelError.noBackbone(path: path, was: named)
      }
      let (model, notices) = try ModelFile.load(base, options)
      return (
        model,
        notices + (try AdapterPath.load(path, into: model))
          + [note(base, backbone)].compactMap(\.self)
      )
    }
    if let backbone { throw SavedModelError.isWhole(path: path, backbone: backbone) }
    return try ModelFile.load(path, options)
  }

  /// Whether a path stands for a set that needs a backbone.
  public static func isSet(_ path: String) -> Bool {
    PEFTFolder.isAdapter(path) || ((try? adapters(path)) ?? nil) != nil
  }

  /// What a file says that holds a set of petl; `nil` for all else.
  private static func adapters(_ path: String) throws -> ModelDescription? {
    guard Disk.status(path)?.isFile == true, FileEnding.isSafetensors(path),
      let source = try? TensorFile.open(path), let description = try ModelDescription.read(source),
      !description.attachments.isEmpty, !ModelFile.holdsModel(source)
    else { return nil }
    return description
  }

  private static func open(
    _ path: String, _ description: ModelDescription, _ backbone: String?,
    _ options: ModelFile.Options
  ) throws -> (model: AudioClassifier, notices: [String]) {
    var own = ModelFile.Options()
    own.classes = description.classes
    own.pooling = Pooling(rawValue: description.pooling)
    own.published = description.origin?.published ?? false
    own.seed = description.seed
    own.headIsReplaced = true
    let base = try find(description.origin?.path, backbone, beside: path)
    guard let base else {
      // Without a file it may have been drawn from a seed: the fingerprint tells.
      guard description.origin == nil, let model = try? drawn(description) else {
        throw SavedModelError.noBackbone(path: path, was: description.origin?.path)
      }
      do { return (model, try AdapterFile.load(path, into: model)) } catch ModelFileError
        .otherBackbone
      {
        throw SavedModelError.noBackbone(path: path, was: nil)
      }
    }
    var (model, notices) = try ModelFile.load(base, own)
    let frames = description.backbone.sizes.clipFrames
    if frames != model.backbone.configuration.clipFrames {
      // It was fitted to another length for the training.
      own.frames = frames
      (model, notices) = try ModelFile.load(base, own)
    }
    let loaded = try AdapterFile.load(path, into: model)
    return (model, notices + loaded + [note(base, backbone)].compactMap(\.self))
  }

  private static func drawn(_ description: ModelDescription) throws -> AudioClassifier {
    let source = RandomParameters(seed: description.seed)
    let sizes = description.backbone.sizes
    try sizes.validate()
    try sizes.requireMemory()
    let backbone = try sizes.build(from: source)
    let (pooling, style) = try description.task.choices("")
    return try AudioClassifier(
      backbone: backbone,
      head: ClassificationHead(
        style, hidden: backbone.hidden, classes: description.classes.count,
        normEps: sizes.headNormEps, from: source),
      classes: description.classes, pooling: pooling, seed: description.seed)
  }

  /// Where the backbone is; `nil` where it is not found.
  private static func find(
    _ named: String?, _ given: String?, beside path: String
  ) throws -> String? {
    if let given {
      guard Disk.status(given) != nil else { throw SavedModelError.missing(backbone: given) }
      return given
    }
    guard let named else { return nil }
    let name = PathBytes.lastComponent(of: named)
    let beside = "\(PathBytes.parent(of: path))/\(name)"
    return [named, beside].first { !name.isEmpty && Disk.status($0) != nil }
  }

  private static func note(_ base: String, _ given: String?) -> String? {
    given == nil ? "the backbone is '\(base)'" : nil
  }
}

/// Why a saved set is no model.
public enum SavedModelError: DescribedError, Equatable {
  /// The backbone is not where it was; `was` says where, if the set does.
  case noBackbone(path: String, was: String?)
  /// There is no such backbone.
  case missing(backbone: String)
  /// A backbone was given for a model that has its own.
  case isWhole(path: String, backbone: String)
}

extension SavedModelError {
  public var message: String {
    switch self {
    case .noBackbone(let path, let was?):
      "'\(path)' was trained on the backbone '\(was.shown)', which is not there"
    case .noBackbone(let path, nil):
      "'\(path)' holds what was trained on a backbone, and does not say where that is"
    case .missing(let backbone): "there is no backbone '\(backbone)'"
    case .isWhole(let path, _): "'\(path)' is a whole model and needs no backbone"
    }
  }

  public var hint: String? {
    switch self {
    case .noBackbone: "say where it is: backbone: PATH, or --backbone PATH for petl predict"
    case .missing(let backbone): NeighbouringFiles.nearest(backbone).map { "did you mean '\($0)'?" }
    case .isWhole: "leave it out"
    }
  }
}
