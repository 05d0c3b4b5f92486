import TestSupport
import Testing

@testable import ASTKit

@Suite("A training step")
struct TrainingStepTests {
  /// Methods whose pass is run twice: with batch statistics, random masks, corrections before and
  /// behind the attention, and an output that crosses sub-layers.
  static let methods: [(kind: String, values: [String: SettingValue], position: Position?)] = [
    ("conformer", ["rate": .number(4), "kernel": .number(3), "dropout": .number(0.3)], .houlsby),
    ("lora", ["rank": .number(2), "on": .texts(["q", "k", "v", "o"])], nil),
    ("prefix", ["tokens": .number(4)], nil),
    ("prompt", ["tokens": .number(3), "deep": .flag(true), "dropout": .number(0.3)], nil),
    ("bottleneck", ["rate": .number(4)], Position([.mhsa, .ffn], .sequentialAfter)),
    ("bottleneck", ["rate": .number(4)], Position([.mhsa, .ffn], .sequentialBefore)),
    (
      "densemoa", ["rate": .number(4), "published": .flag(true)],
      Position([.mhsa], .parallelBefore)
    ),
    ("hydra", ["rate": .number(4), "published": .flag(true)], Position([.mhsa], .parallelBefore)),
    ("full", [:], nil),
  ]

  private func trained(
    _ method: Int, recomputes: Bool, clip: Double? = nil
  ) throws -> [[Float]] {
    let (kind, values, position) = Self.methods[method]
    let net = try TinyModel.classifier()
    try net.attach(kind, values, at: position)
    TinyModel.scatter(net.attachments.flatMap(\.parameters), seed: 3)
    let input = TinyModel.input(batch: 3)
    var step = TrainingStep(net)
    (step.recomputes, step.clip) = (recomputes, clip)
    for number in 0..<3 {
      try step.take(
        [{ _ in .init(.input(input), labels: [0, 1, 0]) }], clips: 3,
        random: RandomSource(seed: UInt64(number)), rate: { _ in 0.01 })
    }
    return (net.parameters + net.attachments.flatMap(\.buffers)).map(\.value.values)
  }

  @Test("computing activations again changes no byte", arguments: methods.indices)
  func recomputed(_ method: Int) throws {
    #expect(try trained(method, recomputes: true) == trained(method, recomputes: false))
  }

  @Test("several parts are the larger batch to rounding")
  func parts() throws {
    func weights(_ sizes: [Int]) throws -> [Float] {
      let net = try TinyModel.classifier()
      try net.attach("lora", ["rank": .number(2)])
      TinyModel.scatter(net.attachments.flatMap(\.parameters), seed: 3)
      let input = TinyModel.input(batch: 4)
      let size = input.count / 4
      var start = 0
      let parts = sizes.map { count -> TrainingStep.Fill in
        let range = start..<(start + count)
        start += count
        return { _ in
          let part = try input.viewed(
            as: [count] + input.shape.dropFirst(), offset: range.lowerBound * size
          ).copy()
          return .init(.input(part), labels: range.map { $0 % 2 })
        }
      }
      try TrainingStep(net).take(
        parts, clips: 4, rate: { _ in 0.01 },
        watch: { _ in
          #expect(net.trainableParameters.allSatisfy { $0.gradient != nil })
        })
      return net.trainableParameters.flatMap(\.value.values)
    }
    let whole = try weights([4])
    for (a, b) in zip(try weights([3, 1]), whole) { #expect(abs(a - b) < 2e-4) }
  }

  @Test("gradients longer than the limit are scaled to it, as PyTorch does")
  func clipped() throws {
    let net = try TinyModel.classifier()
    let input = TinyModel.input(batch: 2)
    var norms: [Double] = []
    for clip in [nil, 1e-3, 1e6] {
      var step = TrainingStep(net)
      step.clip = clip
      try step.take(
        [{ _ in .init(.input(input), labels: [0, 1]) }], clips: 2, rate: { _ in 0 },
        watch: { _ in
          let values = net.trainableParameters.compactMap(\.gradient).flatMap(\.values)
          norms.append(values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot())
        })
    }
    #expect(abs(norms[1] - 1e-3 * norms[0] / (norms[0] + 1e-6)) < 1e-8)
    #expect(norms[2] == norms[0])
  }

  @Test("a pass that begins behind the frozen prefix gives the same logits")
  func prefix() throws {
    for (kind, layers, end) in [
      ("linear", nil, Stage.finish), ("bottleneck", [1], .subLayer(layer: 1, .ffn)),
      ("lora", [1], .subLayer(layer: 1, .mhsa)),
    ] as [(String, [Int]?, Stage)] {
      let net = try TinyModel.classifier()
      try net.attach(kind, kind == "bottleneck" ? ["rate": .number(4)] : [:], layers: layers)
      TinyModel.scatter(net.attachments.flatMap(\.parameters), seed: 3)
      #expect(net.frozenPrefix.end == end)
      let input = TinyModel.input(batch: 2)
      let states = try net.prefix(to: end, from: .input(input))
      let start = end == .finish ? WalkStart.pooled(states) : .hidden(states, before: end)
      let tape = Tape(.inference, recording: false)
      let (above, whole) = (try net.forward(from: start, tape), try net.forward(input, tape))
      for (a, b) in zip(above.values, whole.values) { #expect(abs(a - b) < 1e-5, "\(kind)") }
    }
  }
}
