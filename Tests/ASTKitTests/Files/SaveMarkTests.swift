import Foundation
import TestSupport
import Testing

@testable import ASTKit

@Suite("Tensors of one save beside the configuration of another are refused")
struct SaveMarkTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("m")
  }

  private func net(_ hidden: Int, classes: [String] = ["u", "v"]) throws -> AudioClassifier {
    let net = try TinyModel.classifier(
      hidden: hidden, classes: classes, pooling: .clsAndDistillation)
    net.features = TinyData.settings
    return net
  }

  private func edit(_ name: String, _ change: (inout JSONMembers) -> Void) throws {
    var values = try JSONFile.read("\(path)/\(name)").values
    change(&values)
    try JSONFile.write(values, to: "\(path)/\(name)")
  }

  /// A file of the save `other` in place of the same of `path`.
  private func swap(_ name: String, from other: String) throws {
    unlink("\(path)/\(name)")
    try FileManager.default.copyItem(atPath: "\(other)/\(name)", toPath: "\(path)/\(name)")
  }

  @Test("a model's folder", arguments: ["config.json", "preprocessor_config.json"])
  func model(name: String) throws {
    let other = folder.file("other")
    try ModelFile.save(net(8), to: path)
    try ModelFile.save(net(8, classes: ["v", "u"]), to: other)
    try swap(name, from: other)
    let error = #expect(
      throws: ModelFileError.mixed(
        tensors: "\(path)/model.safetensors", configuration: "\(path)/\(name)")
    ) { try ModelFile.load(path) }
    #expect(error?.hint?.contains("petl_save") == true)
    // The way out that the hint names.
    try edit(name) { $0["petl_save"] = nil }
    #expect(try ModelFile.load(path).model.classes == ["u", "v"])
  }

  @Test("the same model has the same marks, and edits by hand do not change them")
  func sameAndEdited() throws {
    let other = folder.file("other")
    try ModelFile.save(net(8), to: path)
    try ModelFile.save(net(8), to: other)
    #expect(try tree(path) == tree(other))
    try edit("config.json") { $0["hidden_dropout_prob"] = 0.5 }
    _ = try ModelFile.load(path)
  }

  @Test("a peft folder: alpha 8 beside matrices for alpha 64")
  func peft() throws {
    let other = folder.file("other")
    for (alpha, place) in [(64, path), (8, other)] {
      let net = try net(8)
      try net.attach("lora", ["rank": .number(2), "alpha": .number(Double(alpha))])
      try PEFTFolder.save(net, to: place)
    }
    _ = try PEFTFolder.read(path)
    try edit("adapter_config.json") { $0["lora_alpha"] = 32 }
    #expect(try PEFTFolder.read(path).pairs.first?.alpha == 32)
    try swap("adapter_config.json", from: other)
    #expect(
      throws: ModelFileError.mixed(
        tensors: "\(path)/adapter_model.safetensors",
        configuration: "\(path)/adapter_config.json")
    ) { try PEFTFolder.read(path) }
    try edit("adapter_config.json") { $0["auto_mapping"] = nil }
    _ = try PEFTFolder.read(path)
  }

  @Test(
    "killed at any step where folders cannot be swapped, a save is old, new or refused",
    arguments: [[Disk.Call.exchange: EINVAL], [.exchange: ENOSYS, .createUnnamed: EOPNOTSUPP]])
  func everyStep(lacking: [Disk.Call: Int32]) throws {
    let (old, new) = (try net(8), try net(4, classes: ["x", "y", "z"]))
    var refused = 0
    var step = 0
    while true {
      try ModelFile.save(old, to: path)
      let isAlive = FaultyDisk.run(killedBefore: step, lacking: lacking) {
        _ = try? ModelFile.save(new, to: path)
      }
      let words = try ["config.json", "preprocessor_config.json"].map {
        try JSONFile.read("\(path)/\($0)")["petl_save"]
      }
      let tensors = try Safetensors("\(path)/model.safetensors").metadata["petl_save"]
      let isWhole = words.allSatisfy { $0 == tensors.map { .text($0) } }
      do {
        let classes = try ModelFile.load(path).model.classes
        #expect(isWhole && [old.classes, new.classes].contains(classes), "step \(step)")
      } catch is ModelFileError {
        #expect(!isWhole, "step \(step)")
        refused += 1
      }
      if isAlive { break }
      step += 1
    }
    #expect(refused > 0)
  }
}
