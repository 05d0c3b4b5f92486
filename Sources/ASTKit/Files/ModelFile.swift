import Foundation

/// Whole models on disk: written with Hugging Face's names, so that `transformers` reads
/// them, and read from every layout that `CanonicalWeights` knows.
public enum ModelFile {
  /// What a reader may choose.
  public struct Options: Sendable {
    /// Frames the model should take; the position embeddings are fitted. Default: the file's.
    public var frames: Int?
    /// Class names; a head for another number of classes is made anew. Default: the file's.
    public var classes: [String]?
    /// Default: the file's, or the mean of all tokens.
    public var pooling: Pooling?
    /// Draws what must be made anew.
    public var seed = 0
    /// Position embeddings of another length become zero, as in the published code.
    public var published = false
    /// Whether a set brings its own head: nothing is said of the file's then.
    var headIsReplaced = false

    public init() {}
  }

  private static let tensorsName = "model.safetensors"

  // MARK: - Writing

  /// Writes a model: to `NAME.safetensors`, or, when `path` has no such ending, to a folder
  /// with `model.safetensors` and `config.json` as `transformers` expects them.
  ///
  /// The files of a folder are replaced as one, and all else in it stays.
  ///
  /// With the head and the pooling of transformers' classifier (CLS+DIST) it is one, otherwise
  /// the bare model with petl's head beside it. Attachments are in the file as well.
  ///
  /// - Returns: what transformers will not find in it and the user should know.
  /// - Throws: `EngineError.refused` for the ending of a format that petl does not write,
  ///   `FileError`.
  @discardableResult
  public static func save(_ model: AudioClassifier, to path: String) throws -> [String] {
    try FileEnding.check(path, "NAME.safetensors, or a folder for a name without an ending")
    let start = model.isTransformersClassifier ? model.kind.transformers.prefix : ""
    // Without what is attached: that has its own values, and its own place in the file.
    var items = model.backbone.parameters.map {
      Safetensors.Item(start + $0.name, model.baseValue(of: $0))
    }
    // On other tokens than transformers', their class must not take the head for its own.
    let isForeign = model.kind.hasTransformersHead && !model.isTransformersClassifier
    let headStart =
      isForeign && model.ownTask.head.style == .normalised ? WeightNames.ownHead : ""
    items += model.ownTask.head.parameters.map {
      Safetensors.Item(headStart + $0.name, model.baseValue(of: $0))
    }
    items += AdapterFile.items(model).map { item in
      var item = item
      item.name = "attached/\(item.name)"
      return item
    }
    let description = try ModelDescription(model)
    let metadata = ["format": "pt", ModelDescription.key: try description.text()]
    if FileEnding.isSafetensors(path) {
      try Safetensors.write(items, metadata: metadata, to: path)
      return foreignLosses(model)
    }
    try saveFolder(path, items, metadata, model)
    return foreignLosses(model)
  }

  /// What another program computes otherwise that reads the file: without what is attached,
  /// and with the head from before.
  private static func foreignLosses(_ model: AudioClassifier) -> [String] {
    let active = model.activeAttachments
    if active.isEmpty { return [] }
    let names = active.map { "'\($0.name)'" }.joined(separator: ", ")
    let remedy =
      !active.allSatisfy { $0.isFoldable(into: model.backbone) }
      ? ""
      : model.kind.peft != nil && active.allSatisfy { $0.kind == LoRA.kind }
        ? "; merge first, or save net.adapters, FOLDER, format: \"peft\"" : "; merge first"
    return [
      "transformers will read the backbone and the head without \(names), as they were before"
        + remedy
    ]
  }

  private static func saveFolder(
    _ path: String, _ items: [Safetensors.Item], _ metadata: [String: String],
    _ model: AudioClassifier
  ) throws {
    let configuration = try ConfigurationFile.contents(model, path: path)
    let features = ConfigurationFile.featureContents(model)
    let mark = try SaveMark([configuration, features ?? [:]])
    let tensors = try Safetensors.contents(
      items, metadata: mark.in(metadata), path: "\(path)/\(tensorsName)")
    try AtomicFolder.write(
      path,
      [
        .init(tensorsName, tensors),
        try JSONFile.file(ConfigurationFile.name, mark.in(configuration), in: path),
        // That of a model that was here before would be taken for this one's.
        try features.map {
          try JSONFile.file(ConfigurationFile.featuresName, mark.in($0), in: path)
        } ?? .absent(ConfigurationFile.featuresName),
      ])
  }

  // MARK: - Reading

  /// Reads a model from a file or folder.
  ///
  /// - Returns: the model, and what was fitted or made anew.
  /// - Throws: `ModelFileError` listing tensors that are missing or left over, and the errors
  ///   of the formats.
  public static func load(
    _ path: String, _ options: Options = Options()
  ) throws -> (model: AudioClassifier, notices: [String]) {
    if let refusal = AdapterPath.refusal(ofModelAt: path) { throw refusal }
    if let only = try onlyModel(in: path) {
      let (model, notices) = try load(only, options)
      return (model, ["the model is '\(only)'"] + notices)
    }
    let source = try TensorFile.open(path)
    if let refusal = Checkpoint.refusal(source, expected: "a whole model") { throw refusal }
    if let description = try ModelDescription.read(source), !holdsModel(source) {
      throw ModelFileError.kind(
        path: path, expected: "a whole model",
        found: "a set of adapters (\(description.attachments.map(\.name).joined(separator: ", ")))")
    }
    let result = try ModelReader(path: path, source: source, options: options).read()
    result.model.origin = ModelOrigin(path, options)
    return result
  }

  /// The only folder with a model in a folder that has none itself; `nil` otherwise.
  /// - Throws: `AdapterPathError.several`
  private static func onlyModel(in path: String) throws -> String? {
    guard NeighbouringFiles.isFolder(path), !holdsTensors(path) else { return nil }
    let inside = NeighbouringFiles.folders(in: path).filter(holdsTensors)
    guard inside.count < 2 else {
      throw AdapterPathError.several(path: path, kind: "models", folders: inside)
    }
    return inside.first
  }

  private static func holdsTensors(_ folder: String) -> Bool {
    TensorFile.names.contains { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }
  }

  /// Whether a file that petl wrote holds a whole model, or a set of adapters only, whose
  /// tensors all lie under the name of an attachment.
  static func holdsModel(_ source: any TensorSource) -> Bool {
    source.names.contains { !$0.contains("/") }
  }
}
