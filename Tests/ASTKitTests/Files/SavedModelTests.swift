import Foundation
import TestSupport
import Testing

@testable import ASTKit

/// What was saved of a trained model is a model again: the whole, or a set with the backbone that it
/// was trained on, wherever that is now.
struct SavedModelTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func trained(_ backbone: String?) throws -> AudioClassifier {
    let net =
      try backbone.map { try ModelFile.load($0).model } ?? Self.drawn()
    try net.attach("lora", ["rank": .number(2)])
    // The layout of peft has no place for this head.
    TinyModel.scatter(net.attachments.flatMap(\.parameters), seed: 5)
    return net
  }

  private static func drawn() throws -> AudioClassifier {
    let source = RandomParameters(seed: 3)
    let sizes = TinyModel.sizes()
    return try AudioClassifier(
      backbone: ASTModel(sizes, from: source),
      head: ClassificationHead(.linear, hidden: 8, classes: 3, from: source),
      classes: ["a", "b", "c"], seed: 3)
  }

  @Test("A set finds its backbone where it was, beside itself, or where it is said to be")
  func sets() throws {
    let base = folder.file("base.safetensors"), set = folder.file("sets/set.safetensors")
    try FileManager.default.createDirectory(
      atPath: folder.file("sets"), withIntermediateDirectories: true)
    try ModelFile.save(try TinyModel.classifier(), to: base)
    let net = try trained(base)
    try AdapterFile.save(net, to: set)
    let logits = try net.logits(TinyModel.input())

    #expect(SavedModel.isSet(set) && !SavedModel.isSet(base))
    let (found, notices) = try SavedModel.open(set)
    #expect(try found.logits(TinyModel.input()) == logits)
    #expect(notices == ["the backbone is '\(base)'"])

    let beside = folder.file("sets/base.safetensors")
    try FileManager.default.moveItem(atPath: base, toPath: beside)
    #expect(try SavedModel.open(set).model.logits(TinyModel.input()) == logits)

    let elsewhere = folder.file("other.safetensors")
    try FileManager.default.moveItem(atPath: beside, toPath: elsewhere)
    #expect(throws: SavedModelError.noBackbone(path: set, was: base)) {
      try SavedModel.open(set)
    }
    let (given, said) = try SavedModel.open(set, backbone: elsewhere)
    #expect(try given.logits(TinyModel.input()) == logits && said.isEmpty)
    #expect(throws: SavedModelError.missing(backbone: base)) {
      try SavedModel.open(set, backbone: base)
    }
    #expect(throws: SavedModelError.isWhole(path: elsewhere, backbone: set)) {
      try SavedModel.open(elsewhere, backbone: set)
    }
    // Another backbone of the same sizes is refused.
    try ModelFile.save(try TinyModel.classifier(seed: 9), to: base)
    #expect(throws: ModelFileError.self) { try SavedModel.open(set) }
  }

  @Test(
    "A backbone that was fitted to another length is fitted again, and its head is of no matter")
  func fitted() throws {
    let base = folder.file("base.safetensors"), set = folder.file("set.safetensors")
    try ModelFile.save(try TinyModel.classifier(classes: ["a", "b", "c", "d"]), to: base)
    var options = ModelFile.Options()
    (options.frames, options.classes) = (46, ["x", "y"])
    let net = try ModelFile.load(base, options).model
    try net.attach("lora", ["rank": .number(2)])
    TinyModel.scatter(net.attachments.flatMap(\.parameters) + net.head.parameters, seed: 5)
    try AdapterFile.save(net, to: set)
    let (found, notices) = try SavedModel.open(set)
    let input = DoubleTensor.random([2, 46, 36], seed: 3).tensor
    #expect(try found.logits(input) == net.logits(input) && found.classes == ["x", "y"])
    #expect(notices.count == 2 && !notices.contains { $0.contains("head") }, "\(notices)")
  }

  @Test("A backbone that was drawn from a seed is drawn again")
  func drawnAgain() throws {
    let net = try trained(nil)
    let set = folder.file("set.safetensors")
    try AdapterFile.save(net, to: set)
    let (found, notices) = try SavedModel.open(set)
    #expect(try found.logits(TinyModel.input()) == net.logits(TinyModel.input()))
    #expect(notices.isEmpty)
    // One that was changed since is not what the seed gives.
    let other = try TinyModel.classifier()
    try other.attach("lora", ["rank": .number(2)])
    try AdapterFile.save(other, to: set)
    #expect(throws: SavedModelError.noBackbone(path: set, was: nil)) { try SavedModel.open(set) }
  }

  @Test("A whole model and a folder of peft")
  func others() throws {
    let base = folder.file("base.safetensors")
    try ModelFile.save(try TinyModel.classifier(), to: base)
    let net = try trained(base)
    let whole = folder.file("whole.safetensors"), peft = folder.file("peft")
    try ModelFile.save(net, to: whole)
    #expect(
      try SavedModel.open(whole).model.logits(TinyModel.input()) == net.logits(TinyModel.input()))
    _ = try PEFTFolder.save(net, to: peft)
    #expect(SavedModel.isSet(peft))
    let (found, _) = try SavedModel.open(peft, backbone: base)
    for (a, b) in zip(try found.logits(TinyModel.input()), try net.logits(TinyModel.input())) {
      #expect(abs(a - b) < 1e-5)
    }
  }
}
