import TestSupport
import Testing

@testable import ASTKit

/// A model that things are done to, drawn at random, and what is expected of it.
final class AdaptationWalk {
  var net: AudioClassifier
  var expected: ExpectedModel
  /// What was done, to reproduce it by.
  var log: [String] = []
  var refused = 0
  /// Whether it came back to the model that it began as, with everything off.
  var wasOriginal = false
  let isSpeech: Bool
  let sets: SavedSets
  var random: RandomSource

  /// Files of sets that were trained on the model as it begins, made once.
  struct SavedSets {
    let folder: TemporaryFolder
    /// By name: the trained values, and the classes of a head of its own.
    let models: [String: AudioClassifier]
    let input: Tensor
    /// Of the model as it begins.
    let values: ExpectedModel.Values, logits: [UInt32]

    init(isSpeech: Bool) throws {
      folder = try TemporaryFolder()
      input =
        isSpeech ? DoubleTensor.random([1, 80], seed: 3).tensor : TinyModel.input(batch: 1)
      let first = try AdaptationWalk.model(isSpeech: isSpeech)
      values = AdaptationWalk.values(first)
      logits = try first.logits(input).map(\.bitPattern)
      var models: [String: AudioClassifier] = [:]
      for name in ["frogs", "birds"] {
        let net = try AdaptationWalk.model(isSpeech: isSpeech)
        if name == "birds" {
          try net.replaceHead(AdaptationWalk.head(seed: 9), classes: ["robin", "wren"])
        }
        try net.attach("bottleneck", ["rate": .number(4)], name: name)
        TinyModel.scatter(net.trainableParameters, seed: 4, by: 0.1)
        try AdapterFile.save(net, to: folder.file("\(name).safetensors"))
        models[name] = net
      }
      self.models = models
    }

    func path(_ name: String) -> String { folder.file("\(name).safetensors") }
  }

  init(_ number: Int, isSpeech: Bool, _ sets: SavedSets) throws {
    self.isSpeech = isSpeech
    self.sets = sets
    random = RandomSource(seed: 7).fork("walk \(number)")
    net = try Self.model(isSpeech: isSpeech)
    expected = ExpectedModel(Self.values(net), classes: net.classes)
    // Rules about several need several.
    for _ in 0...(number % 3) { try attach() }
    if number % 3 == 2 { try train() }
  }

  // MARK: - What is done

  func step() throws {
    switch random.below(24) {
    case 0..<3: try attach()
    case 3..<8: try train()
    case 8..<13: try switchOne(on: true)
    case 13..<18: try switchOne(on: false)
    case 18: try detach()
    case 19..<21: try merge()
    case 21: try load()
    case 22: try freeze()
    default: try replaceHead()
    }
  }

  /// Does something that is expected to be refused, or not; what is refused changes nothing.
  private func attempt(
    _ what: String, isRefused: Bool, _ body: (AudioClassifier) throws -> Void
  ) throws -> Bool {
    log.append(what + (isRefused ? " (refused)" : ""))
    let before = Everything(net), shown = try logits(net)
    do {
      try body(net)
    } catch let error as any DescribedError {
      refused += 1
      #expect(isRefused, "\(log): \(error)")
      #expect(Everything(net) == before, "\(log)")
      #expect(try logits(net) == shown, "\(log)")
      return false
    }
    #expect(!isRefused, "\(log)")
    return true
  }

  /// The names of what an attachment has of the backbone, and of the head it has.
  private func shared(_ attachment: ASTKit.Attachment, _ head: String) -> [String] {
    attachment.unfrozen.map { "backbone/\($0.name)" }
      + expected.present.keys.filter { ExpectedModel.isOfHead($0, head) }
  }

  private func expectation(
    of attachment: ASTKit.Attachment, _ settings: [String: SettingValue], head: String
  ) -> ExpectedModel.Attached {
    ExpectedModel.Attached(
      name: attachment.name, kind: attachment.kind, settings: settings,
      inside: Self.inside(attachment), parameters: Set(attachment.parameters.map(\.name)),
      shared: shared(attachment, head), head: head)
  }

  private func attach() throws {
    // Often the two that meet in a weight: one trains it, the other one's merge adds to it. Of
    // rank 1 and scale 2, so that this is exact.
    let low: [String: SettingValue] = ["rank": .number(1), "alpha": .number(2)]
    let methods: [(String, [String: SettingValue])] = [
      ("lora", low), ("lora", low), ("full", [:]), ("full", [:]), ("bitfit", [:]), ("linear", [:]),
      ("bottleneck", ["rate": .number(4)]),
      ("conformer", ["rate": .number(4), "kernel": .number(3)]),
    ]
    let (kind, settings) = methods[random.below(methods.count)]
    let names = ["one", "two", "three"]
    let free = names.filter { name in !expected.attached.contains { $0.name == name } }
    let some = free.isEmpty || random.below(8) == 0 ? names : free
    let name = some[random.below(some.count)]
    let clashes =
      expected.attached.contains { $0.name == name }
      || expected.headInForce != ExpectedModel.ownHead
    let isDone = try attempt("attach \(kind) as \(name)", isRefused: clashes) {
      try $0.attach(kind, settings, name: name)
    }
    if isDone {
      let attachment = try net.attachment(named: name)
      expected.attach(expectation(of: attachment, settings, head: ExpectedModel.ownHead))
    }
  }

  private func load() throws {
    let name = ["frogs", "birds"][random.below(2)]
    guard let saved = sets.models[name] else { return }
    let isOwn = expected.classes[ExpectedModel.ownHead] == saved.classes
    let head = isOwn ? ExpectedModel.ownHead : name
    let isSame = sets.values.allSatisfy { key, value in
      key.hasPrefix("head/") || expected.base[key] == value
    }
    let clashes =
      expected.attached.contains { $0.name == name } || !isSame
      || !(expected.on.isEmpty || expected.headInForce == head)
    let path = sets.path(name)
    let isDone = try attempt("load \(name)", isRefused: clashes) {
      try AdapterFile.load(path, into: $0)
    }
    guard isDone else { return }
    let attachment = try net.attachment(named: name)
    if !isOwn {
      expected.classes[name] = saved.classes
      let brought = net.adaptation.members.last?.task?.head.parameters ?? []
      for parameter in brought {
        let key = "head/\(name)/\(parameter.name)"
        let first = net.adaptation.original.value(of: parameter)?.values
        (expected.present[key], expected.base[key]) = (first, first)
      }
    }
    let start = "head/\(ExpectedModel.ownHead)/"
    var own: ExpectedModel.Values = [:]
    for (key, value) in Self.values(saved) {
      own[key.replacing(start, with: "head/\(head)/")] = value
    }
    let new = expectation(
      of: attachment, ["rate": .number(4)], head: head)
    #expect(new.inside == Self.inside(saved.attachments[0]))
    expected.attach(new, own: own.filter { new.shared.contains($0.key) })
  }

  /// - Parameter isOn: what it should nearly always be.
  private func pick(isOn: Bool? = nil) -> ExpectedModel.Attached? {
    let fitting = expected.attached.filter { $0.isOn == (isOn ?? $0.isOn) }
    let some = fitting.isEmpty || random.below(8) == 0 ? expected.attached : fitting
    return some.isEmpty ? nil : some[random.below(some.count)]
  }

  private func switchOne(on isOn: Bool) throws {
    guard let one = pick(isOn: !isOn) else { return }
    let clashes = isOn && !expected.on.allSatisfy { $0.head == one.head } && !one.isOn
    let isDone = try attempt("\(isOn ? "enable" : "disable") \(one.name)", isRefused: clashes) {
      try $0.setEnabled(isOn, one.name)
    }
    guard isDone, one.isOn != isOn else { return }
    if isOn { expected.switchOn(one.name) } else { expected.switchOff(one.name) }
  }

  private func detach() throws {
    guard let one = pick() else { return }
    _ = try attempt("detach \(one.name)", isRefused: false) { try $0.detach(one.name) }
    expected.detach(one.name)
  }

  private func merge() throws {
    guard let one = pick(isOn: true) else { return }
    let takesHead =
      one.head != ExpectedModel.ownHead
      && expected.attached.contains { $0.head == ExpectedModel.ownHead }
    let isFoldable = ["lora", "bitfit", "linear", "full"].contains(one.kind)
    let corrections = corrections(of: one)
    let isDone = try attempt(
      "merge \(one.name)", isRefused: !one.isOn || !isFoldable || takesHead
    ) {
      let change = try $0.merge(one.name, probe: self.sets.input)
      #expect(change < 1e-4, "\(self.log)")
    }
    if isDone { expected.merge(one.name, corrections) }
  }

  /// `2 · up · down` for each projection that LoRA of rank 1 corrects.
  private func corrections(of one: ExpectedModel.Attached) -> ExpectedModel.Values {
    guard one.kind == "lora" else { return [:] }
    var corrections: ExpectedModel.Values = [:]
    for (layer, part) in net.backbone.layers.enumerated() {
      for (letter, linear) in [("q", part.query), ("k", part.key), ("v", part.value)] {
        let start = net.backbone.layerName(layer) + "."
        let pair = ["up", "down"].map { way in
          one.inside.first {
            $0.key.hasPrefix(start) && $0.key.hasSuffix("\(way)_\(letter).weight")
          }?
          .value
        }
        guard let up = pair[0], let down = pair[1] else { continue }
        corrections["backbone/\(linear.weight.name)"] = up.flatMap { u in down.map { 2 * (u * $0) }
        }
      }
    }
    return corrections
  }

  private func freeze() throws {
    let starts = ["encoder.layer", "layernorm", "classification_head", "nothing"]
    let start = starts[random.below(starts.count)], isTrainable = random.below(2) == 0
    let isDone = try attempt(
      "\(isTrainable ? "unfreeze" : "freeze") \(start)*",
      isRefused: !net.parameters.contains { $0.name.hasPrefix(start) }
    ) { try $0.setTrainable(isTrainable, matching: "\(start)*") }
    if isDone {
      expected.rules.removeAll { $0.start == start }
      expected.rules.append((start, isTrainable))
    }
  }

  private func replaceHead() throws {
    let head = try Self.head(seed: random.below(100))
    var values: ExpectedModel.Values = [:]
    for parameter in head.parameters {
      values["head/\(ExpectedModel.ownHead)/\(parameter.name)"] = parameter.value.values
    }
    let isDone = try attempt("replace the head", isRefused: !expected.attached.isEmpty) {
      try $0.replaceHead(head, classes: ["x", "y"])
    }
    if isDone { expected.replaceHead(values, classes: ["x", "y"]) }
  }

  /// Stands for a step: all that is trainable moves.
  private func train() throws {
    log.append("train")
    let unfrozen = Dictionary(
      uniqueKeysWithValues: net.attachments.map { one in
        (one.name, one.unfrozen.map { "backbone/\($0.name)" })
      })
    let trainable = expected.trainable(unfrozen: unfrozen)
    let before = Everything(net).named
    try Self.train(net, seed: UInt64(log.count))
    let moved = Everything(net).named.filter { before[$0.key] != $0.value }.map(\.key)
    #expect(Set(moved) == trainable, "\(log)")
    expected.moved(to: Self.values(net), inside: Self.allInside(net))
  }
}
