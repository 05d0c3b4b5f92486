import ASTKit
import FoundationEssentials
import Glibc

/// Making models, and attaching methods to them.
enum ModelCommands {
  static let all: [Command] = [
    model, attach, detach, enable, disable, adapters, merge, freeze, unfreeze, summary,
  ]

  private static let model = Command(
    "model", "Makes a model by name and sizes, or reads one from a file or folder.",
    example: "net = model \"ast-tiny\", frames: 128, classes: clips.classes",
    Argument<FilePath>(
      "name", "\(Backbones.presetNames.joined(separator: ", ")), or a file or folder"),
    Argument<[String]?>(
      "classes", "names of the classes; the file's head is kept if it has these, or none",
      named: true),
    Argument<String?>(
      "pooling", "tokens whose mean the head sees; default: the file's, or ALL",
      allowed: ["ALL", "CLS", "CLS+DIST"], named: true),
    Argument<FilePath?>(
      "backbone", "of a saved set: the file it was trained on, if that has moved", named: true),
    Argument<Int?>("seed", "fixes the first values; default: the session's", named: true),
    Argument<Bool>(
      "published", "position embeddings of another length become zero, as published",
      default: false, named: true),
    described: SettingUnion.backbones.descriptions
  ) { session, given, name, classes, pooling, backbone, seed, published in
    let seed = seed ?? Int(truncatingIfNeeded: session.seed)
    let pooling = pooling.flatMap(Pooling.init(rawValue:))
    let chosen = try SettingUnion.backbones.values(given)
    guard let preset = Backbones.preset(name.path) else {
      // A file's frames can be fitted.
      if let other = SettingUnion.backbones.given(given).first(where: { $0 != "frames" }) {
        throw CommandError(
          "'\(other)' is for models made by name; a file has its own sizes", argument: other)
      }
      let frames: Int? = try given.value("frames")
      return try read(
        name.path, backbone?.path, session, classes, frames, pooling, seed, published)
    }
    if backbone != nil {
      throw CommandError("'backbone' is for a saved set of adapters", argument: "backbone")
    }
    let sizes = try preset.choosing(chosen)
    guard let classes, !classes.isEmpty else {
      throw CommandError(
        "a new model needs 'classes', a list of names", argument: "classes",
        hint: "classes: clips.classes")
    }
    let source = RandomParameters(seed: seed, interrupt: session.interrupt)
    let style: ClassificationHead.Style = pooling == .clsAndDistillation ? .normalised : .linear
    try sizes.validate()
    try sizes.requireMemory()
    let backbone = try sizes.build(from: source)
    let net = try AudioClassifier(
      backbone: backbone,
      head: ClassificationHead(
        style, hidden: backbone.hidden, classes: classes.count, normEps: sizes.headNormEps,
        from: source),
      classes: classes, pooling: pooling ?? .all, seed: seed)
    return .object(ModelObject(net))
  }

  private static func read(
    _ path: String, _ backbone: String?, _ session: Session, _ classes: [String]?, _ frames: Int?,
    _ pooling: Pooling?, _ seed: Int, _ published: Bool
  ) throws -> Value {
    let known = Backbones.presetNames
    // What is there and may not be looked at is for its reader to tell.
    guard access(path, F_OK) == 0 || ![ENOENT, ENOTDIR].contains(errno) else {
      throw CommandError(
        "there is no model and no file \(path.quoted)", argument: "name",
        hint: didYouMean(path, known) ?? NeighbouringFiles.nearest(path).map {
          "did you mean \($0.quoted)?"
        }
          ?? "models: \(known.joined(separator: ", "))")
    }
    var options = ModelFile.Options()
    (options.classes, options.frames, options.pooling) = (classes, frames, pooling)
    (options.seed, options.published) = (seed, published)
    if SavedModel.isSet(path),
      let given = classes.map({ _ in "classes" }) ?? frames.map({ _ in "frames" })
        ?? pooling.map({ _ in "pooling" })
    {
      throw CommandError("a saved set has its own '\(given)'", argument: given)
    }
    let (net, notices) = try SavedModel.open(path, backbone: backbone, options)
    for notice in notices { session.notice(notice) }
    return .object(ModelObject(net))
  }

  private static let attach = Command(
    "attach", "Attaches a method to a model; the backbone is frozen, but for what it trains.",
    example: "attach net, conformer(rate: 8, kernel: 31), at: ffn.parallel.before, layers: 0...3",
    Argument<ModelObject>("net", "the model"),
    Argument<MethodObject>("method", "what to attach, such as lora(rank: 8)"),
    Argument<PositionObject?>("at", "where in each layer; default: the method's own", named: true),
    Argument<[Int]?>("layers", "which layers, from 0; default: all", named: true),
    Argument<String?>("name", "what to call it; default: the method's name", named: true)
  ) { _, net, method, position, layers, name in
    try net.model.attach(
      method.method, at: position?.position, layers: layers, name: name)
    return .nil
  }

  private static let detach = Command(
    "detach", "Takes an attachment off a model; its values are lost unless saved.",
    example: "detach net, \"lora\"",
    Argument<ModelObject>("net", "the model"), Argument<String>("name", "the attachment")
  ) { _, net, name in
    try net.model.detach(name)
    return .nil
  }

  private static let enable = Command(
    "enable", "Switches an attachment on again, with the values it had.",
    example: "enable net, \"lora\"",
    Argument<ModelObject>("net", "the model"), Argument<String>("name", "the attachment")
  ) { _, net, name in
    try net.model.setEnabled(true, name)
    return .nil
  }

  private static let disable = Command(
    "disable", "Switches an attachment off; the model is as without it, the values are kept.",
    example: "disable net, \"lora\"",
    Argument<ModelObject>("net", "the model"), Argument<String>("name", "the attachment")
  ) { _, net, name in
    try net.model.setEnabled(false, name)
    return .nil
  }

  private static let adapters = Command(
    "adapters", "Lists what is attached: name, kind, position, layers, parameters.",
    example: "adapters net", Argument<ModelObject>("net", "the model")
  ) { _, net in .object(AdaptersObject(net.model)) }

  private static let merge = Command(
    "merge", "Folds an attachment into the backbone's weights and shows what the logits lose.",
    example: "merge net, \"lora\"",
    Argument<ModelObject>("net", "the model"), Argument<String>("name", "the attachment")
  ) { session, net, name in
    var random = RandomSource(seed: session.seed).fork("merge")
    let shape = [1] + net.model.backbone.sampleShape
    let probe = try Initialization.truncatedNormal(0.5).tensor(
      [4] + shape.dropFirst(), random: &random)
    let difference = try net.model.merge(name, probe: probe)
    session.write("merged '\(name)'; largest difference of the logits \(difference)\n")
    return .nil
  }

  private static let summary = Command(
    "summary", "Shows a model by module: shapes, parameters, what is trained, what it costs.",
    example: "summary net", Argument<ModelObject>("net", "the model")
  ) { session, net in
    session.write(
      SummaryTable(try ModelSummary(net.model, interrupt: session.interrupt), net.model).text(
        columns: session.output.size.columns) + "\n")
    return .nil
  }

  private static let freeze = Command(
    "freeze", "Keeps parameters from being trained, by name with * for any characters.",
    example: "freeze net, \"encoder.layer.*.layernorm*\"",
    Argument<ModelObject>("net", "the model"),
    Argument<String>("pattern", "names of parameters", default: "*")
  ) { session, net, pattern in
    try setTrainable(false, session, net, pattern)
  }

  private static let unfreeze = Command(
    "unfreeze", "Lets parameters be trained, by name with * for any characters.",
    example: "unfreeze net, \"encoder.layer.11.*\"",
    Argument<ModelObject>("net", "the model"),
    Argument<String>("pattern", "names of parameters", default: "*")
  ) { session, net, pattern in
    try setTrainable(true, session, net, pattern)
  }

  private static func setTrainable(
    _ isTrainable: Bool, _ session: Session, _ net: ModelObject, _ pattern: String
  ) throws -> Value {
    let count = try net.model.setTrainable(isTrainable, matching: pattern)
    let trainable = net.model.parameterCounts.trainable
    session.notice(
      "\(count) tensors \(isTrainable ? "unfrozen" : "frozen"); "
        + "\(trainable.grouped) parameters are trainable")
    return .nil
  }
}
