import Foundation
import TestSupport
import Testing

@testable import ASTKit

/// The forms of wav2vec 2.0 agree with transformers: stable layer norm with a layer-norm
/// feature extractor, and post-norm with group norm, both with gradients through the whole
/// model. The fixtures were written by transformers 4.28.1 and PyTorch 2.13.0:
/// ```python
/// import json, torch
/// from safetensors.torch import save_file
/// from transformers import Wav2Vec2Config, Wav2Vec2Model
/// def make(name, seed, **form):
///   torch.manual_seed(seed)
///   sizes = dict(hidden_size=6, num_hidden_layers=2, num_attention_heads=2,
///     intermediate_size=8, conv_dim=[4, 5], conv_kernel=[5, 3], conv_stride=[3, 2],
///     num_conv_pos_embedding_groups=2)
///   config = Wav2Vec2Config(**sizes, **form, hidden_dropout=0.0, attention_dropout=0.0,
///     activation_dropout=0.0, feat_proj_dropout=0.0, layerdrop=0.0, apply_spec_augment=False)
///   model = Wav2Vec2Model(config).eval()
///   named = [p for _, p in sorted(model.named_parameters())]
///   for p in named: p.data = torch.randn_like(p) * 0.4 + (p.mean() > 0.9).float()
///   flat = lambda tensors: torch.cat([t.detach().flatten().float() for t in tensors])
///   tensors = {"parameters": flat(named)}
///   x, w = torch.randn(2, 40), torch.randn(2, 5, 6)
///   states = model.double()(x.double(), output_hidden_states=True).hidden_states
///   (states[-1] * w).sum().backward()
///   tensors["gradients"] = flat(
///     [torch.zeros_like(p) if p.grad is None else p.grad for p in named])
///   tensors |= {f"hidden_states/{i}": s.detach().float() for i, s in enumerate(states)}
///   tensors |= {"input_values": x, "output_weights": w}
///   kept = {k: v for k, v in config.to_dict().items() if k in set(sizes) | set(form)}
///   save_file(tensors, f"{name}.safetensors", {"config": json.dumps(kept)})
/// make("wav2vec2-stable", 1, feat_extract_norm="layer", do_stable_layer_norm=True,
///   conv_bias=True, num_conv_pos_embeddings=6)
/// make("wav2vec2-base", 2, feat_extract_norm="group", do_stable_layer_norm=False,
///   conv_bias=False, num_conv_pos_embeddings=5)
/// ```
struct Wav2Vec2ModelTests {
  /// The model of a fixture, with its values, and the fixture.
  private func load(_ name: String) throws -> (Wav2Vec2Model, Safetensors) {
    let file = try Safetensors(Fixtures.path("\(name).safetensors"))
    let sizes = try JSONDecoder().decode(
      Wav2Vec2Configuration.self, from: Data((file.metadata["config"] ?? "").utf8))
    let model = try Wav2Vec2Model(sizes, from: RandomParameters(seed: 1))
    let values = try file.tensor("parameters")
    var start = 0
    for parameter in sorted(model) {
      try parameter.value.update(from: values.viewed(as: parameter.shape, offset: start))
      start += parameter.count
    }
    #expect(start == values.count)
    return (model, file)
  }

  private func sorted(_ model: Wav2Vec2Model) -> [Parameter] {
    model.parameters.sorted { $0.name < $1.name }
  }

  /// The hidden states after the last norm, nothing attached.
  private func states(_ model: Wav2Vec2Model, _ input: Tensor, _ tape: Tape) throws -> Tensor {
    let walk = EncoderWalk(model)
    return try walk.finish(walk.run(walk.embed(input, tape), tape), tape)
  }

  @Test(arguments: ["wav2vec2-stable", "wav2vec2-base"])
  func hiddenStatesAreThoseOfTransformers(_ name: String) throws {
    let (model, file) = try load(name)
    let tape = Tape(.inference, recording: false)
    let input = try file.tensor("input_values")
    let trace = try model.trace(input, tape)
    for layer in 0...model.layerCount {
      let found = try #require(trace["hidden_states/\(layer)"])
      let expected = try file.tensor("hidden_states/\(layer)")
      #expect(found.shape == expected.shape)
      #expect(distance(found.values, expected.values) < 5e-6, "layer \(layer)")
    }
    let last = try states(model, input, tape)
    #expect(last.values == trace["last_hidden_state"]?.values)
  }

  @Test(arguments: ["wav2vec2-stable", "wav2vec2-base"])
  func gradientsAreThoseOfTransformers(_ name: String) throws {
    let (model, file) = try load(name)
    for parameter in model.parameters { parameter.isTrainable = true }
    let tape = Tape(.training)
    let states = try states(model, file.tensor("input_values"), tape)
    try tape.backward(from: states, seed: file.tensor("output_weights").copy())
    let expected = try file.tensor("gradients").values
    var start = 0
    for parameter in sorted(model) {
      let part = Array(expected[start..<(start + parameter.count)])
      start += parameter.count
      if let gradient = parameter.gradient {
        #expect(distance(gradient.values, part) < 2e-5, "\(parameter.name)")
      } else {
        #expect(parameter.name == "masked_spec_embed")
      }
    }
  }

  /// The largest difference relative to the largest value.
  private func distance(_ a: [Float], _ b: [Float]) -> Float {
    let scale = max(1, b.map(abs).max() ?? 0)
    return zip(a, b).map { abs($0 - $1) }.max().map { $0 / scale } ?? .infinity
  }

  /// An adapter leaves no trace of the convolutions in memory.
  @Test func frozenFeatureExtractorRecordsNothing() throws {
    let (model, file) = try load("wav2vec2-base")
    let head = try ClassificationHead(
      .linear, hidden: model.hidden, classes: 2, from: RandomParameters(seed: 1))
    let net = try AudioClassifier(backbone: model, head: head, classes: ["a", "b"])
    try net.attach("bottleneck", ["rate": .number(3)], layers: [1])
    let frozen = Tape(.training)
    _ = try net.forward(file.tensor("input_values"), frozen)
    // From the adapter on: its three ops, the sums and the norm behind it, pooling, head.
    #expect(frozen.recordCount == 8)
    try net.setTrainable(true, matching: "feature_extractor.conv_layers.0.conv.weight")
    let whole = Tape(.training)
    _ = try net.forward(file.tensor("input_values"), whole)
    #expect(whole.recordCount > 30)
  }

  @Test func recordingsTooShortAreRefused() throws {
    let (model, _) = try load("wav2vec2-base")
    #expect(model.configuration.fewestSamples == 11)
    #expect(model.configuration.frames(samples: 11) == 1)
    #expect(model.configuration.frames(samples: 10) == 0)
    #expect(model.configuration.frames(samples: 40) == 5)
    #expect(Wav2Vec2Configuration().frames(samples: 16_000) == 49)
    let tape = Tape(.inference, recording: false)
    let one = try states(model, Tensor([1, 11]), tape)
    #expect(one.shape == [1, 1, 6])
    #expect(throws: EngineError.self) {
      try states(model, Tensor([1, 10]), tape)
    }
    #expect(throws: EngineError.self) {
      try states(model, Tensor([1, 11, 1]), tape)
    }
  }
}
