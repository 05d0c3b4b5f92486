import Foundation

/// What a file of petl says about its tensors, as JSON in the file's metadata: enough to
/// build the model or the attachments again, and to prepare sound for it.
struct ModelDescription: Codable {
  /// An attachment as it was made.
  struct Method: Codable {
    var name: String
    var kind: String
    var settings: [String: SettingValue]
    /// As the language writes it.
    var position: String?
    /// Left out when all layers were taken.
    var layers: [Int]?
    var isEnabled: Bool
    /// The head it brought, when that is not the model's own.
    var task: Task?
    /// The features it was trained on.
    var features: FeatureSettings?
    /// The thresholds of its classes that were chosen with it.
    var thresholds: [Double]?
    /// Parameters of the backbone that the rules below made trainable with it.
    var alsoTrained: [String]?
    /// Shared parameters of which another enabled attachment's values are in force.
    var overshadowed: [String]?
    /// Its place in the order in which those enabled were switched on, from 1; left out when
    /// that is their order in the file.
    var turn: Int?

    /// What is at that index of a model.
    init(_ adaptation: Adaptation, _ index: Int) {
      let member = adaptation.members[index], attachment = member.attachment
      name = attachment.name
      kind = attachment.kind
      settings = attachment.method.values
      position = attachment.position?.description
      layers = attachment.layersWereChosen ? attachment.layers : nil
      isEnabled = member.isEnabled
      task = member.task.map(Task.init)
      features = member.features
      thresholds = member.thresholds
      let also = member.alsoTrained.map(\.name)
      alsoTrained = also.isEmpty ? nil : also
      let others = adaptation.shared(by: member)
        .filter { member.isEnabled && !adaptation.isInForce($0, of: index) }.map(\.name)
      overshadowed = others.isEmpty ? nil : others
      let turns = adaptation.enabled.map(\.turn)
      turn =
        member.isEnabled && turns != turns.sorted() ? turns.count { $0 <= member.turn } : nil
    }
  }

  /// The classes of a head, and what it looks at.
  struct Task: Codable, Hashable {
    var classes: [String]
    var pooling: String
    var head: String

    init(_ task: ClassificationTask) {
      classes = task.classes
      pooling = task.pooling.rawValue
      head = task.head.style.rawValue
    }

    init(classes: [String], pooling: String, head: String) {
      (self.classes, self.pooling, self.head) = (classes, pooling, head)
    }

    /// - Throws: `ModelFileError.description` for words that are no pooling or head.
    func choices(_ path: String) throws -> (Pooling, ClassificationHead.Style) {
      guard let pooling = Pooling(rawValue: pooling),
        let style = ClassificationHead.Style(rawValue: head)
      else { throw ModelFileError.description(path: path) }
      return (pooling, style)
    }
  }

  /// petl's version.
  var version = PetlVersion.current
  var backbone: BackboneDescription
  /// Of the backbone's values without anything attached, by parameter.
  var fingerprint: [String: String]?
  /// The file that the backbone was read from; left out where it was drawn from the seed.
  var origin: ModelOrigin?
  var attachments: [Method]
  var classes: [String]
  var pooling: String
  var head: String
  var seed: Int
  /// The features that what is in force was trained on, and the model itself.
  var features: FeatureSettings?
  var ownFeatures: FeatureSettings?
  /// The thresholds of the model's own classes, nothing attached.
  var ownThresholds: [Double]?
  var freezeRules: [AudioClassifier.FreezeRule]

  /// The metadata key.
  static let key = "petl"

  init(_ model: AudioClassifier, fingerprint: [String: String]? = nil) throws {
    backbone = try BackboneDescription(model.backbone)
    self.fingerprint = fingerprint
    attachments = model.adaptation.members.indices.map { Method(model.adaptation, $0) }
    classes = model.ownTask.classes
    pooling = model.ownTask.pooling.rawValue
    head = model.ownTask.head.style.rawValue
    seed = model.seed
    origin = model.origin
    features = model.features
    ownFeatures = model.ownFeatures
    ownThresholds = model.adaptation.ownThresholds
    freezeRules = model.freezeRules
  }

  /// The description as one line of JSON, the same for the same model.
  func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  /// Reads the description in a file's metadata; `nil` when petl did not write the file.
  /// - Throws: `ModelFileError.description` when it is damaged.
  static func read(_ source: any TensorSource) throws -> ModelDescription? {
    guard let text = source.metadata[key] else { return nil }
    do {
      return try JSONFile.parse(Array(text.utf8), path: source.path).decoded(ModelDescription.self)
    } catch {
      throw ModelFileError.description(path: source.path)
    }
  }

  /// - Throws: `ModelFileError.thresholds` unless there is one for each class, or none at all.
  static func check(_ thresholds: [Double]?, of classes: [String], _ path: String) throws {
    if let fault = Thresholds.fault(thresholds, classes: classes.count) {
      throw ModelFileError.thresholds(path: path, fault: fault)
    }
  }

  /// The model's own head.
  var task: Task { Task(classes: classes, pooling: pooling, head: head) }
}

/// Why a model or a set of adapters cannot be read or written.
public enum ModelFileError: DescribedError, Equatable {
  /// petl's own description in the file is damaged.
  case description(path: String)
  /// The thresholds of its classes cannot be.
  case thresholds(path: String, fault: String)
  /// Tensors the model needs are not in the file, or the file has some it does not need.
  case names(path: String, missing: [String], leftOver: [String])
  /// The file is a set of adapters and a model was asked for, or the other way round.
  case kind(path: String, expected: String, found: String)
  /// A set was trained on another backbone; `difference` names the first one.
  case otherBackbone(path: String, difference: String)
  /// The tensors and the configuration beside them are of two saves.
  case mixed(tensors: String, configuration: String)
  /// The sizes of the model are neither in the file nor beside it.
  case noConfiguration(path: String)
}

extension ModelFileError {
  public var message: String {
    func list(_ names: [String]) -> String {
      names.prefix(5).joined(separator: ", ")
        + (names.count > 5 ? " and \(names.count - 5) more" : "")
    }
    switch self {
    case .description(let path):
      return "'\(path)': petl's description of the tensors is damaged"
    case .thresholds(let path, let fault):
      return "'\(path)': the thresholds of its classes are damaged: \(fault)"
    case .names(let path, let missing, let leftOver):
      let parts =
        (missing.isEmpty ? [] : ["lacks \(list(missing))"])
        + (leftOver.isEmpty ? [] : ["has \(list(leftOver)), which the model does not"])
      return "'\(path)' " + parts.joined(separator: " and ")
    case .kind(let path, let expected, let found):
      return "'\(path)' should hold \(expected), found \(found)"
    case .otherBackbone(let path, let difference):
      return "'\(path)' was trained on another backbone: \(difference)"
    case .mixed(let tensors, let configuration):
      return "'\(tensors)' and '\(configuration)' are of two saves: a save or a copy was broken off"
    case .noConfiguration(let path):
      return
        "'\(path)': the sizes of the model are neither in the file nor in a config.json beside it"
    }
  }

  public var hint: String? {
    switch self {
    case .kind(_, _, let found) where found.contains("adapters"):
      "load net, FILE puts a set back on a model"
    case .kind(let path, _, found: "a training run"):
      "fit = resume \"\(path)\" gives the run back, and fit.model is its model"
    case .kind(_, _, found: "a whole model"): "net = model FILE reads a whole model"
    case .mixed(_, let configuration):
      "save again; if they do belong together, take \"\(SaveMark.key)\" out of '\(configuration)'"
    case .noConfiguration: "put the model's config.json into the same folder"
    default: nil
    }
  }
}
