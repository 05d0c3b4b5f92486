import Foundation
import TestSupport
import Testing

@testable import ASTKit

/// The list of backbones is complete, and what they say of themselves is sound.
struct BackbonesTests {
  private static let wave = Wav2Vec2Configuration()

  /// Types in Sources/ASTKit/Backbones that are declared to be backbones.
  @Test func everyBackboneIsInTheList() throws {
    let folder = Fixtures.packageRoot.appendingPathComponent("Sources/ASTKit/Backbones").path
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder)
    let declared = try files.filter { $0.hasSuffix(".swift") }.flatMap { file in
      try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8).split(separator: "\n")
        .filter { $0.hasSuffix(": BackboneConfiguration {") && !$0.contains(" where ") }
        .map { $0.split { " :".contains($0) }[1] }
    }.filter { $0 != "BackboneConfiguration" }
    #expect(declared.count >= 2)
    #expect(Set(declared) == Set(Backbones.all.map { Substring("\($0)") }))
  }

  @Test func namesAreUnique() {
    for names in [
      Backbones.all.map { $0.name }, Backbones.all.map { $0.title },
      Backbones.all.map { $0.transformers.modelType }, Backbones.presetNames,
    ] { #expect(Set(names).count == names.count, "\(names)") }
  }

  @Test(arguments: Backbones.presetNames) func presetsAreWholeAndSurviveAFile(_ name: String) throws
  {
    let sizes = try #require(Backbones.preset(name))
    try sizes.validate()
    let text = try JSONEncoder().encode(BackboneDescription(sizes))
    let read = try JSONDecoder().decode(BackboneDescription.self, from: text)
    #expect(read == BackboneDescription(sizes))
    #expect(read.firstDifference(from: BackboneDescription(sizes)) == nil)
  }

  /// Millions of parameters as the models of that name have them, without a head.
  @Test(arguments: [
    ("ast-base", 86.2), ("ast-tiny", 5.5), ("wav2vec2-base", 94.4), ("wav2vec2-large", 315.4),
  ])
  func presetsHaveTheSizeOfTheirModels(_ name: String, _ millions: Double) throws {
    let sizes = try #require(Backbones.preset(name))
    #expect(abs(sizes.parameterEstimate / 1e6 / millions - 1) < 0.02)
  }

  @Test func theEstimateIsNearTheTruth() throws {
    var sizes = Self.wave
    (sizes.hidden, sizes.heads, sizes.layers, sizes.intermediate) = (64, 4, 3, 256)
    (sizes.channels, sizes.kernels, sizes.strides) = ([32, 48], [10, 3], [5, 2])
    let net = try sizes.build(from: RandomParameters(seed: 1))
    let count = Double(net.parameters.reduce(0) { $0 + $1.count })
    #expect(abs(sizes.parameterEstimate / count - 1) < 0.05)
  }

  // MARK: - Files

  /// Descriptions as petl has written them since version 1.
  @Test(arguments: [
    #"{"ast":{"hidden_size":16,"intermediate_size":64,"layer_norm_eps":1e-12,"max_length":36,"#
      + #""num_attention_heads":2,"num_hidden_layers":2,"num_mel_bins":36,"patch_size":16,"#
      + #""frequency_stride":10,"time_stride":10,"initializer_range":0.02,"qkv_bias":true}}"#,
    #"{"wav2vec2":{"hidden_size":16,"intermediate_size":64,"num_attention_heads":2,"#
      + #""num_hidden_layers":2,"conv_dim":[4],"conv_kernel":[5],"conv_stride":[3],"#
      + #""feat_extract_norm":"group","layer_norm_eps":1e-05,"model_type":"wav2vec2"}}"#,
  ])
  func whatPetlHasWrittenIsRead(_ text: String) throws {
    let read = try JSONDecoder().decode(BackboneDescription.self, from: Data(text.utf8))
    var wanted: any BackboneConfiguration = ASTConfiguration()
    if text.contains("wav2vec2") {
      var wave = Self.wave
      (wave.channels, wave.kernels, wave.strides) = ([4], [5], [3])
      wanted = wave
    } else {
      wanted = try wanted.choosing(["frames": .number(36), "mels": .number(36)])
    }
    let sizes = try wanted.choosing([
      "hidden": .number(16), "depth": .number(2), "heads": .number(2),
    ])
    #expect(read == BackboneDescription(sizes))
    let written = try JSONFile.parse(Array(JSONEncoder().encode(read)), path: "x")
    #expect(written.values.map(\.key) == [type(of: sizes).name])
  }

  @Test(arguments: [#"{"unheard-of": {}}"#, "{}", #"{"ast": null}"#, #"{"ast": 3}"#])
  func descriptionsOfNoKnownKindAreRefused(_ text: String) {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(BackboneDescription.self, from: Data(text.utf8))
    }
  }

  // MARK: - Sizes

  @Test func aUserChoosesSizes() throws {
    let sizes = try Self.wave.choosing([
      "hidden": .number(32), "depth": .number(2), "heads": .number(4),
    ])
    #expect((sizes.hidden, sizes.layers, sizes.heads) == (32, 2, 4))
    #expect(sizes.intermediate == 128 && sizes.channels == Self.wave.channels)
    #expect(try sizes.choosing(["hidden": .number(16), "mlp": .number(20)]).intermediate == 20)
    let ast = try ASTConfiguration().choosing([
      "mels": .number(64), "frames": .number(100), "mlp": .number(7),
    ])
    #expect((ast.melBins, ast.frames, ast.intermediate, ast.hidden) == (64, 100, 7, 768))
  }

  @Test(arguments: ["frames", "mels"]) func sizesItLacksAreRefused(_ size: String) {
    let error = #expect(throws: EngineError.self) { try Self.wave.choosing([size: .number(7)]) }
    #expect(
      error?.message == "'\(size)' must be left out: wav2vec 2.0 takes hidden, depth, "
        + "heads, mlp, found 7")
  }

  // MARK: - Differences

  private func difference(
    _ mine: some BackboneConfiguration, _ theirs: some BackboneConfiguration
  ) -> String? {
    BackboneDescription(mine).firstDifference(from: BackboneDescription(theirs))
  }

  @Test func differencesAreTold() throws {
    let ast = ASTConfiguration(), wave = Self.wave
    #expect(difference(ast, wave) == "it is wav2vec 2.0 there and AST here")
    #expect(difference(wave, ast) == "it is AST there and wav2vec 2.0 here")
    #expect(
      difference(ast, try ast.choosing(["depth": .number(3)])) == "layers is 3 there and 12 here")
    #expect(
      difference(try wave.choosing(["mlp": .number(8)]), wave)
        == "intermediate is 3072 there and 8 here")
    var other = ast
    other.layerNormEps = 1e-6
    #expect(difference(ast, other) == "layer_norm_eps is 1e-06 there and 1e-12 here")
    other = ast
    other.hasQKVBias = false
    #expect(difference(ast, other) == "qkv_bias is false there and true here")
    var stable = wave
    stable.isStable = true
    #expect(difference(wave, stable) == "the convolutions or the order of norms differ")
  }
}
