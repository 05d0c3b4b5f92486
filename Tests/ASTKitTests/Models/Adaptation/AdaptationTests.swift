import TestSupport
import Testing

@testable import ASTKit

/// Attaching, training, switching, merging, detaching, loading and freezing in any order: after
/// each, the invariants hold, what was refused changed nothing, and the values and logits are
/// those of a model that is built anew with only what should be in force. Models that were kept
/// and read again go on as one with the model.
struct AdaptationTests {
  @Test(arguments: 0..<4, [false, true]) func anyOrder(_ number: Int, isSpeech: Bool) throws {
    let sets = try AdaptationWalk.SavedSets(isSpeech: isSpeech)
    var (refused, originals) = (0, 0)
    for part in 0..<24 {
      let walk = try AdaptationWalk(24 * number + part, isSpeech: isSpeech, sets)
      try walk.check()
      // One in six is long.
      for _ in 0..<(part % 6 == 0 ? 24 : 5 + part % 4) {
        try walk.step()
        try walk.check()
      }
      if part % 2 == 0 { try walk.switchAllOff() }
      try walk.goOn(with: walk.copies(sets.folder), 2 + part % 3)
      refused += walk.refused
      originals += walk.wasOriginal ? 1 : 0
    }
    // The draw tries what is refused, and what leaves no trace.
    #expect(refused > 0)
    #expect(originals > 0)
  }

  // MARK: - Single rules

  private let input = TinyModel.input()

  private func attach(_ net: AudioClassifier, _ names: [String]) throws {
    for name in names { try net.attach("bottleneck", ["rate": .number(4)], name: name) }
  }

  /// What two have learned together is not lost by either when a third one comes.
  @Test func aThirdComesAndGoes() throws {
    let net = try TinyModel.classifier()
    try attach(net, ["a", "b"])
    try AdaptationWalk.train(net, seed: 1)
    let both = try net.logits(input)
    try attach(net, ["c"])
    try net.detach("c")
    #expect(try net.logits(input) == both)
  }

  /// Whichever was enabled before the one that leaves has its values back, also from a file.
  @Test func theOneEnabledBeforeComesBack() throws {
    let folder = try TemporaryFolder()
    let net = try TinyModel.classifier()
    for (seed, name) in ["a", "b", "c"].enumerated() {
      try attach(net, [name])
      try AdaptationWalk.train(net, seed: UInt64(seed))
      try net.setEnabled(false, name)
    }
    try net.setEnabled(true, "b")
    try net.setEnabled(true, "a")
    let before = try net.logits(input)
    try net.setEnabled(true, "c")
    try ModelFile.save(net, to: folder.file("net.safetensors"))
    for model in [net, try ModelFile.load(folder.file("net.safetensors")).model] {
      try model.setEnabled(false, "c")
      #expect(try model.logits(input) == before)
    }
  }

  /// A merge is in the values of a set that is off, and is no training of one that is on.
  @Test(arguments: [false, true]) func aMergeLeavesOthersTheirOwn(isOn: Bool) throws {
    let net = try TinyModel.classifier()
    let plain = try net.logits(input)
    try net.attach("full", name: "whole")
    try AdaptationWalk.train(net, seed: 1)
    try net.setEnabled(false, "whole")
    try net.attach("lora", ["rank": .number(2)], name: "low")
    try AdaptationWalk.train(net, seed: 2)
    let low = try net.logits(input)
    try net.setEnabled(true, "whole")
    let both = try net.logits(input)
    if !isOn { try net.setEnabled(false, "whole") }
    _ = try net.merge("low", probe: input)
    func isNear(_ logits: [Float]) throws -> Bool {
      zip(try net.logits(input), logits).allSatisfy { abs($0 - $1) < 1e-4 }
    }
    for _ in 0..<2 {
      try net.setEnabled(true, "whole")
      #expect(try isNear(both))
      try net.setEnabled(false, "whole")
      #expect(try isNear(low))
    }
    #expect(try !isNear(plain))
  }

  /// What a rule let training change stays no part of the base when the rule is taken back.
  @Test func theBaseStaysWhatItWas() throws {
    let folder = try TemporaryFolder()
    let net = try TinyModel.classifier()
    try net.attach("lora", ["rank": .number(2)])
    try net.setTrainable(true, matching: "encoder.layer.0.output.dense.bias")
    try AdaptationWalk.train(net, seed: 1)
    try net.setTrainable(false, matching: "encoder.layer.0.output.dense.bias")
    try net.attach("bitfit")
    try AdapterFile.save(net, to: folder.file("set.safetensors"))
    let fresh = try TinyModel.classifier()
    try AdapterFile.load(folder.file("set.safetensors"), into: fresh)
    #expect(try fresh.logits(input) == net.logits(input))
  }

  /// Of two sets with one head of their own, the one that stays after a merge goes without a trace.
  @Test func aMergedHeadIsTheBaseOfTheNext() throws {
    let folder = try TemporaryFolder()
    let saved = try TinyModel.classifier()
    try saved.replaceHead(AdaptationWalk.head(seed: 9), classes: ["x", "y"])
    for name in ["one", "two"] { try saved.attach("bitfit", name: name) }
    try AdaptationWalk.train(saved, seed: 1)
    try AdapterFile.save(saved, to: folder.file("set.safetensors"))
    let net = try TinyModel.classifier()
    try AdapterFile.load(folder.file("set.safetensors"), into: net)
    _ = try net.merge("one", probe: input)
    let merged = try net.logits(input)
    try AdaptationWalk.train(net, seed: 2)
    try ModelFile.save(net, to: folder.file("net.safetensors"))
    for model in [net, try ModelFile.load(folder.file("net.safetensors")).model] {
      #expect(model.adaptation.violations() == [])
      try model.detach("two")
      #expect(try model.logits(input) == merged)
    }
  }

  @Test func aDetachedAttachmentIsOff() throws {
    let net = try TinyModel.classifier()
    let attachment = try net.attach("lora")
    #expect(attachment.isEnabled)
    try net.detach("lora")
    #expect(!attachment.isEnabled)
  }
}
