import Foundation
import TestSupport
import Testing

@testable import ASTKit

/// A model whose file somebody overwrites or cuts gives an error, never other numbers.
@Suite("Models whose files change under them")
struct ChangedFilesTests {
  let folder: TemporaryFolder
  let path: String, copy: String
  let input = TinyModel.input()

  init() throws {
    folder = try TemporaryFolder()
    (path, copy) = (folder.file("base.safetensors"), folder.file("copy.safetensors"))
    try ModelFile.save(TinyModel.classifier(), to: path)
    try ModelFile.save(TinyModel.classifier(), to: copy)
    for path in [path, copy] { try age(path) }
  }

  /// As if the file had lain there for a while: the clock of files has a grain of milliseconds.
  private func age(_ path: String) throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1_000_000)], ofItemAtPath: path)
  }

  /// Overwrites a file in place with a model of other values, or cuts it.
  private func change(_ path: String, cut: Bool = false) throws {
    let handle = try #require(FileHandle(forWritingAtPath: path))
    if cut {
      try handle.truncate(atOffset: 0)
    } else {
      let other = folder.file("other")
      try ModelFile.save(TinyModel.classifier(seed: 2), to: other + ".safetensors")
      try handle.write(contentsOf: Data(contentsOf: URL(fileURLWithPath: other + ".safetensors")))
    }
    try handle.close()
  }

  private func expectChanged(
    _ path: String, sourceLocation: SourceLocation = #_sourceLocation, _ work: () throws -> Void
  ) {
    let error = #expect(throws: FileError.self, sourceLocation: sourceLocation) { try work() }
    guard case .changed(path, _) = error else {
      Issue.record("\(String(describing: error))", sourceLocation: sourceLocation)
      return
    }
  }

  private func trained(_ data: DatasetView) throws -> (model: AudioClassifier, run: Trainer) {
    let model = try ModelFile.load(path).model
    try model.attach("conformer", ["rate": .number(4)], name: "x")
    var settings = TrainingSettings()
    (settings.epochs, settings.batch) = (3, 4)
    let run = try Trainer(model, train: data, settings)
    try run.advance(by: 2)
    return (model, run)
  }

  @Test(
    "every use errs, nothing is half done, and what was trained can be saved",
    arguments: [false, true])
  func base(cut: Bool) throws {
    let data = try TinyData.load()
    let (model, run) = try trained(data)
    let own = (model.attachments.flatMap { $0.parameters + $0.buffers } + model.head.parameters)
    let values = own.map(\.value.values)
    let moments = run.optimiser.moments.mapValues { ($0.updates, $0.first.values) }
    try change(path, cut: cut)
    for _ in 0..<2 {
      expectChanged(path) { try run.advance(by: 1) }
      expectChanged(path) { _ = try model.evaluate(data) }
      expectChanged(path) { _ = try ModelSummary(model) }
      expectChanged(path) { try ModelFile.save(model, to: folder.file("whole.safetensors")) }
      expectChanged(path) { try ModelFile.save(model, to: path) }
    }
    #expect(own.map(\.value.values) == values)
    #expect(run.step == 2 && run.history.losses.count == 2)
    for (key, moment) in run.optimiser.moments {
      #expect(moment.updates == moments[key]?.0 && moment.first.values == moments[key]?.1)
    }
    #expect(!FileManager.default.fileExists(atPath: folder.file("whole.safetensors")))

    // The adapters go on a whole copy, and know that what lies there now is another backbone.
    let adapters = folder.file("x.safetensors")
    try AdapterFile.save(model, to: adapters)
    let whole = try ModelFile.load(copy).model
    try AdapterFile.load(adapters, into: whole)
    let loaded = whole.attachments.flatMap { $0.parameters + $0.buffers } + whole.head.parameters
    #expect(loaded.map(\.value.values) == values)
    if cut { return }
    let other = try ModelFile.load(path).model
    #expect(throws: ModelFileError.self) { try AdapterFile.load(adapters, into: other) }
  }

  @Test("the first step of a model that is trained as a whole leaves it in the file")
  func firstStep() throws {
    let data = try TinyData.load()
    let model = try ModelFile.load(path).model
    var settings = TrainingSettings()
    (settings.epochs, settings.batch) = (1, 4)
    let run = try Trainer(model, train: data, settings)
    try change(path)
    expectChanged(path) { try run.advance(by: 1) }
    #expect(model.parameters.allSatisfy { $0.value.storage.isBorrowed && $0.gradient == nil })
    #expect(run.optimiser.moments.isEmpty && run.step == 0)
  }

  @Test("merging leaves the model as it was")
  func merging() throws {
    let model = try ModelFile.load(path).model
    try model.attach("lora", name: "x")
    TinyModel.scatter(model.attachments[0].parameters, seed: 4)
    try change(path)
    expectChanged(path) { _ = try model.merge("x", probe: input) }
    #expect(model.attachments.map(\.name) == ["x"])
    #expect(model.backbone.parameters.allSatisfy { $0.value.storage.isBorrowed })
  }

  /// BitFit trains the biases in memory of their own; the file's come back with `disable`.
  @Test("values that were set aside come back as the file's, and are known as such")
  func setAside() throws {
    let (model, _) = try (ModelFile.load(path).model, 0)
    try model.attach("bitfit", name: "x")
    for parameter in model.trainableParameters { _ = try parameter.writableValue() }
    for parameter in model.parameters where !parameter.isTrainable {
      try parameter.replaceValue(parameter.value.copy())
    }
    _ = try model.logits(input)
    try change(path)
    _ = try model.logits(input)
    try model.setEnabled(false, "x")
    expectChanged(path) { _ = try model.logits(input) }
  }

  @Test("adapters whose file changes")
  func adapters() throws {
    let adapters = folder.file("x.safetensors")
    let net = try ModelFile.load(path).model
    try net.attach("conformer", ["rate": .number(4)], name: "x")
    try AdapterFile.save(net, to: adapters)
    try age(adapters)
    let model = try ModelFile.load(path).model
    try AdapterFile.load(adapters, into: model)
    _ = try model.logits(input)
    try change(adapters, cut: true)
    expectChanged(adapters) { _ = try model.logits(input) }
    expectChanged(adapters) { try AdapterFile.save(model, to: folder.file("y.safetensors")) }
    // Without them the model is whole.
    try model.detach("x")
    #expect(try model.logits(input) == ModelFile.load(copy).model.logits(input))
  }

  @Test("a file replaced under its name is another one; the model goes on with its own")
  func replaced() throws {
    let data = try TinyData.load()
    let (model, run) = try trained(data)
    try ModelFile.save(TinyModel.classifier(seed: 2), to: path)
    try run.advance(by: 1)
    _ = try model.evaluate(data)
    try ModelFile.save(model, to: path)
  }

  @Test("a model that was converted as it was read needs its file no more")
  func converted() throws {
    let tensors = try Safetensors(path)
    let half = folder.file("half.safetensors")
    try HalfFile.write(tensors, to: half)
    let model = try ModelFile.load(half).model
    let before = try model.logits(input)
    try change(half, cut: true)
    #expect(try model.logits(input) == before)
  }
}

/// A safetensors file with the same tensors as F16.
private enum HalfFile {
  static func write(_ source: Safetensors, to path: String) throws {
    var header: [String: Any] = ["__metadata__": source.metadata]
    var data = Data()
    for name in source.names {
      let values = try source.tensor(name).values.map { Float16($0) }
      header[name] = [
        "dtype": "F16", "shape": source.shape(of: name) ?? [],
        "data_offsets": [data.count, data.count + 2 * values.count],
      ]
      values.withUnsafeBytes { data.append(contentsOf: $0) }
    }
    let json = try JSONSerialization.data(withJSONObject: header)
    var file = Data()
    withUnsafeBytes(of: UInt64(json.count).littleEndian) { file.append(contentsOf: $0) }
    try (file + json + data).write(to: URL(fileURLWithPath: path))
  }
}
