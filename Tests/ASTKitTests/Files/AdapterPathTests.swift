import ASTKit
import Foundation
import TestSupport
import Testing

/// A path of another kind than the one asked for is recognised.
struct AdapterPathTests {
  let folder: TemporaryFolder
  let adapter: String
  let model: String
  let input = TinyModel.input()

  init() throws {
    folder = try TemporaryFolder()
    (adapter, model) = (folder.file("runs/checkpoint-9"), folder.file("nets/base"))
    for path in ["runs", "nets"] {
      try FileManager.default.createDirectory(
        atPath: folder.file(path), withIntermediateDirectories: true)
    }
    try ModelFile.save(net(), to: model)
    let trained = try net()
    try trained.attach("lora")
    TinyModel.scatter(trained.trainableParameters, seed: 5)
    try PEFTFolder.save(trained, to: adapter)
    try set("base_model_name_or_path", "MIT/ast")
  }

  private func net() throws -> AudioClassifier {
    try TinyModel.classifier(pooling: .clsAndDistillation)
  }

  private func set(_ key: String, _ value: JSONValue) throws {
    var values = try JSONFile.read("\(adapter)/adapter_config.json").values
    values[key] = value
    try JSONFile.write(values, to: "\(adapter)/adapter_config.json")
  }

  private func refusal(
    _ action: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let error = try #require(
      throws: (any Error).self, sourceLocation: sourceLocation, performing: action)
    return try #require(error as? any DescribedError, sourceLocation: sourceLocation).description
  }

  private func load(_ path: String) throws { _ = try AdapterPath.load(path, into: net()) }

  @Test func filesInsideAFolderAndTheFolderAbove() throws {
    let wanted = try net()
    _ = try AdapterPath.load(adapter, into: wanted)
    for path in [
      "\(adapter)/adapter_model.safetensors", "\(adapter)/adapter_config.json", "\(adapter)/",
      folder.file("runs"),
    ] {
      let loaded = try net()
      let notices = try AdapterPath.load(path, into: loaded)
      #expect(try loaded.logits(input) == wanted.logits(input), "\(path)")
      #expect(notices == (path.hasSuffix("runs") ? ["the adapter is '\(adapter)'"] : []))
    }
  }

  @Test func severalFoldersAreListedInTheirOrder() throws {
    let other = folder.file("runs/checkpoint-10")
    try FileManager.default.copyItem(atPath: adapter, toPath: other)
    #expect(
      throws: AdapterPathError.several(
        path: folder.file("runs"), kind: "adapters", folders: [adapter, other])
    ) { try load(folder.file("runs")) }
  }

  @Test func modelsAndOtherThingsAreNoAdapters() throws {
    #expect(try refusal { try load(model) }.contains("found a whole model"))
    let bare = folder.file("bare")
    try FileManager.default.createDirectory(atPath: bare, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: "\(adapter)/adapter_model.safetensors", toPath: "\(bare)/adapter_model.safetensors")
    #expect(
      try refusal { try load("\(bare)/adapter_model.safetensors") }
        .contains("an adapter of peft without the adapter_config.json"))
    #expect(try refusal { try load(bare) }.contains("give one of its files: adapter_model"))
    #expect(
      try refusal { try load(folder.file("runs/checkpont-9")) }
        .contains("did you mean '\(adapter)'?"))
  }

  @Test func anAdapterOfAdapterHubIsToldApart() throws {
    try JSONFile.write(
      ["config": [:], "model_name": "MIT/ast", "version": "adapters.1.0"],
      to: "\(adapter)/adapter_config.json")
    #expect(try refusal { try load(adapter) }.contains("an adapter of AdapterHub, not of peft"))
    #expect(
      try refusal { _ = try ModelFile.load(adapter) }.contains("an adapter for the model 'MIT/ast'")
    )
  }

  @Test func adaptersAreNoModels() throws {
    for path in [adapter, "\(adapter)/adapter_model.safetensors", "\(adapter)/adapter_config.json"]
    {
      let message = try refusal { _ = try ModelFile.load(path) }
      #expect(message.contains("'\(path)' is an adapter for the model 'MIT/ast'"))
      #expect(message.contains("load net, \"\(path)\""))
    }
    try set("base_model_name_or_path", nil)
    #expect(try refusal { _ = try ModelFile.load(adapter) }.contains("is an adapter, and no model"))
  }

  @Test func theFolderAboveAModel() throws {
    let (loaded, notices) = try ModelFile.load(folder.file("nets"))
    #expect(try loaded.logits(input) == net().logits(input))
    #expect(notices == ["the model is '\(model)'"])
    let other = folder.file("nets/other")
    try FileManager.default.copyItem(atPath: model, toPath: other)
    #expect(
      throws: AdapterPathError.several(
        path: folder.file("nets"), kind: "models", folders: [model, other])
    ) { try ModelFile.load(folder.file("nets")) }
    try FileManager.default.removeItem(atPath: other)
    // A folder that holds a model and an adapter is a model.
    try FileManager.default.copyItem(
      atPath: "\(adapter)/adapter_config.json", toPath: "\(model)/adapter_config.json")
    #expect(try ModelFile.load(model).model.logits(input) == net().logits(input))
  }
}
