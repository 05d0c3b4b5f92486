import Foundation
import TestSupport
import Testing

@testable import ASTKit

/// The rules of peft 0.21 for what a configuration means, against names as transformers has them.
struct PEFTRulesTests {
  let folder: TemporaryFolder
  let path: String
  private static let prefix = "base_model.model."
  private static let model = "audio_spectrogram_transformer.encoder.layer."

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("adapter")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  /// Query and value of layers 0 to 2, of rank 2.
  private func items(_ wrapper: String = "") throws -> [(name: String, tensor: Tensor)] {
    try (0..<3).flatMap { layer in
      try ["query", "value"].flatMap { target in
        let name = "\(wrapper)\(Self.prefix)\(Self.model)\(layer).attention.attention.\(target)"
        return try [
          ("\(name).lora_A.weight", Tensor([2, 3], filledWith: 1)),
          ("\(name).lora_B.weight", Tensor([3, 2], filledWith: 1)),
        ]
      }
    }
  }

  private func head(_ between: String, _ value: Float) throws -> [(name: String, tensor: Tensor)] {
    try ["layernorm.weight", "layernorm.bias", "dense.weight", "dense.bias"].map {
      try ("\(Self.prefix)classifier.\(between)\($0)", Tensor([2], filledWith: value))
    }
  }

  private func write(_ items: [(name: String, tensor: Tensor)]) throws {
    try Safetensors.write(
      items.map { Safetensors.Item($0.name, $0.tensor) },
      to: "\(path)/adapter_model.safetensors")
  }

  /// - Parameter keys: members of the configuration, after `r` 2 and `lora_alpha` 4.
  private func read(_ keys: String = "") throws -> PEFTAdapter {
    try AtomicFile.write(
      "\(path)/adapter_config.json",
      text: #"{"peft_type": "LORA", "r": 2, "lora_alpha": 4\#(keys.isEmpty ? "" : ", ")\#(keys)}"#)
    return try PEFTFolder.read(path)
  }

  /// The alphas of layer 0's query and value, then layer 1's, and so on.
  private func alphas(_ patterns: String) throws -> [Double] {
    try read(#""alpha_pattern": \#(patterns)"#).pairs.sorted { $0.module < $1.module }.map(\.alpha)
  }

  // MARK: - Patterns

  @Test func theFirstPatternOfTheFileWins() throws {
    try write(items())
    let (short, long) = (#""query": 3"#, #""layer.1.attention.attention.query": 50"#)
    #expect(try alphas("{\(short), \(long)}") == [3, 4, 3, 4, 3, 4])
    #expect(try alphas("{\(long), \(short)}") == [3, 4, 50, 4, 3, 4])
    // A key that comes again keeps its place and changes its value.
    #expect(try alphas("{\(short), \(long), \"query\": 5}") == [5, 4, 5, 4, 5, 4])
  }

  @Test(
    arguments: [
      ("^query", [4, 4, 4, 4, 4, 4]), ("^audio.*query", [9, 4, 9, 4, 9, 4]),
      ("query$", [9, 4, 9, 4, 9, 4]), ("uery", [4, 4, 4, 4, 4, 4]),
      ("layer.[02].*", [9, 9, 4, 4, 9, 9]), ("query|value", [9, 9, 9, 9, 9, 9]),
      ("0.attention.attention.query|value", [9, 9, 4, 9, 4, 9]),
      ("encoder.layer.1.attention.attention.value", [4, 4, 4, 9, 4, 4]),
      ("(?!.*query).*", [4, 9, 4, 9, 4, 9]),
    ] as [(String, [Double])])
  func patternsAreExpressions(_ pattern: String, _ wanted: [Double]) throws {
    try write(items())
    #expect(try alphas(#"{"\#(pattern)": 9}"#) == wanted)
  }

  @Test func whatChangesNothingIsTold() throws {
    try write(items())
    let notices = try read(
      #""alpha_pattern": {"^query": 9}, "rank_pattern": {"key": 2}, "colour": "red", "x": false"#
    ).notices
    #expect(
      notices == [
        #"rank_pattern "key" fits no module, and so changes nothing"#,
        #"alpha_pattern "^query" fits no module, and so changes nothing"#,
        "the configuration has keys that petl does not know and passes over: colour",
      ])
  }

  @Test(arguments: ["(?<=x)query", "query(", "(a)\\\\1"])
  func whatCannotBeMatchedIsRefused(_ pattern: String) throws {
    try write(items())
    let error = #expect(throws: PEFTError.self) { try alphas(#"{"\#(pattern)": 9}"#) }
    #expect(error?.message.contains("adapter_config.json': alpha_pattern has") == true)
  }

  // MARK: - Which modules

  @Test(
    arguments: [
      (#""target_modules": ["query"]"#, ["0q", "1q", "2q"]),
      (#""target_modules": "all-linear""#, ["0q", "0v", "1q", "1v", "2q", "2v"]),
      (#""target_modules": ".*layer\\.[01]\\..*(query|value)""#, ["0q", "0v", "1q", "1v"]),
      (#""target_modules": ["query", "value"], "layers_to_transform": 1"#, ["1q", "1v"]),
      (
        #""target_modules": ["query"], "layers_to_transform": [0, 2], "layers_pattern": "layer""#,
        ["0q", "2q"]
      ),
      (
        #""target_modules": ["value"], "layers_to_transform": [2], "layers_pattern": ["h", "layer"]"#,
        ["2v"]
      ),
      (#""target_modules": ["query", "value"], "exclude_modules": ["value"]"#, ["0q", "1q", "2q"]),
      (
        #""target_modules": "all-linear", "exclude_modules": ".*\\.1\\..*""#,
        ["0q", "0v", "2q", "2v"]
      ),
      (
        #""target_modules": ["query", "value"], "modules_to_save": ["layer.0"]"#,
        ["1q", "1v", "2q", "2v"]
      ),
    ])
  func modulesThatAreNotChosenAreLeftOut(_ keys: String, _ wanted: [String]) throws {
    try write(items())
    let adapter = try read(keys)
    let found = adapter.pairs.map { pair in
      let parts = pair.module.split(separator: ".")
      return "\(parts[2])\(parts[5].first ?? "?")"
    }
    #expect(found.sorted() == wanted)
    #expect(adapter.notices.count == (wanted.count == 6 ? 0 : 1))
  }

  @Test func aConfigurationForOtherModulesIsRefused() throws {
    try write(items())
    for keys in [#""target_modules": ["key"]"#, #""target_modules": "query""#] {
      let error = #expect(throws: PEFTError.self) { try read(keys) }
      #expect(error?.message.contains("chooses none of the modules") == true)
    }
  }

  // MARK: - Two tensors for one name

  @Test func theTrainedHeadIsTaken() throws {
    let both = try head("original_module.", 1) + head("modules_to_save.default.", 2)
    for heads in try [both, both.reversed(), both + head("", 2)] {
      try write(items() + heads)
      #expect(try Set(read().saved.map(\.tensor.values)) == [[2, 2]])
      try AtomicFile.write(
        "\(path)/tensors.bin", bytes: ArchiveWriter.torch(items() + heads))
      let saved = try PEFTFolder.read(path, tensors: "\(path)/tensors.bin").saved
      #expect(saved.count == 4 && Set(saved.map(\.tensor.values)) == [[2, 2]])
    }
    try write(items() + head("original_module.", 1))
    #expect(try read().saved.isEmpty)
    #expect(throws: PEFTError.self) { try read(#""modules_to_save": ["classifier"]"#) }
  }

  @Test func twoThatDifferAreAConflict() throws {
    try write(items() + head("", 1) + head("modules_to_save.default.", 2))
    let error = #expect(throws: WeightNamesError.self) { try read() }
    #expect(error?.message.contains("two different tensors for 'classifier.") == true)
    let query = try items()[0].name
    let other = query.replacing("lora_A.weight", with: "lora_A.default.weight")
    try write(items() + [(other, Tensor([2, 3], filledWith: 1))])
    #expect(try read().pairs.count == 6)
    try write(items() + [(other, Tensor([2, 3], filledWith: 5))])
    #expect(throws: PEFTError.self) { try read() }
  }

  @Test func adaptersOfAnyNameButOneAtATime() throws {
    func named(_ name: String) throws -> [(name: String, tensor: Tensor)] {
      try items().map { ($0.name.replacing(".weight", with: ".\(name).weight"), $0.tensor) }
        + head("modules_to_save.\(name).", 2)
    }
    try write(named("mine"))
    #expect(try read().pairs.count == 6 && read().saved.count == 4)
    try write(named("mine") + named("yours"))
    #expect(
      throws: PEFTError.several(
        path: "\(path)/adapter_model.safetensors", names: ["mine", "yours"])
    ) { try read() }
  }

  @Test func theWholeModelsStateIsToldApart() throws {
    let base = "\(Self.prefix)\(Self.model)0.attention.attention.query.base_layer.weight"
    for name in [base, "\(Self.prefix)audio_spectrogram_transformer.embeddings.cls_token"] {
      try write(items() + [(name, Tensor([2]))])
      let error = #expect(throws: PEFTError.self) { try read() }
      #expect(error?.message.contains("holds the model as well") == true)
    }
  }

  @Test(arguments: ["module.", "_orig_mod.", "model.", "net.inner.", "module._orig_mod."])
  func wrappersComeOff(_ wrapper: String) throws {
    let heads = try head("", 2).map { ("\(wrapper)\($0.name)", $0.tensor) }
    try write(items(wrapper) + heads)
    let adapter = try read(#""target_modules": ["query", "value"]"#)
    #expect(adapter.pairs.count == 6 && adapter.saved.count == 4)
  }
}
