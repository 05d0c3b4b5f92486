import ASTKit
import TestSupport
import Testing

/// The same seed gives the same bytes for any number of threads. Each case in a process of its
/// own: the number of threads is one for all.
struct ThreadCountTests {
  /// Large enough for products that are shared out, with sizes that fill no tile.
  private static func sizes() -> ASTConfiguration {
    var sizes = ASTConfiguration()
    (sizes.hidden, sizes.layers, sizes.heads, sizes.intermediate) = (84, 2, 3, 330)
    (sizes.frames, sizes.melBins) = (96, 48)
    return sizes
  }

  /// Every number of a model after two steps, and its logits.
  private static func bytes(
    _ methods: [(kind: String, settings: [String: SettingValue])], threads: Int
  ) throws -> [String: [UInt32]] {
    Threads.count = threads
    let sizes = sizes()
    let source = RandomParameters(seed: 5)
    let net = try AudioClassifier(
      backbone: ASTModel(sizes, from: source),
      head: ClassificationHead(.linear, hidden: sizes.hidden, classes: 3, from: source),
      classes: ["a", "b", "c"])
    TinyModel.scatter(net.parameters, seed: 5, by: 0.02)
    for method in methods { try net.attach(method.kind, method.settings) }
    let input = DoubleTensor.random([12, sizes.frames, sizes.melBins], seed: 6).tensor
    let optimiser = AdamW()
    for _ in 0..<2 {
      for parameter in net.trainableParameters { parameter.clearGradient() }
      let tape = Tape(.training)
      let loss = try tape.crossEntropy(
        net.forward(input, tape), labels: (0..<12).map { $0 % 3 })
      try tape.backward(from: loss)
      try optimiser.step(net.trainableParameters) { _ in 1e-2 }
    }
    var result = net.allValues.mapValues { $0.map(\.bitPattern) }
    result["logits"] = try net.logits(input).map(\.bitPattern)
    return result
  }

  private static func requireSameBytes(
    _ methods: [(kind: String, settings: [String: SettingValue])]
  ) throws {
    let one = try bytes(methods, threads: 1)
    for threads in [2, 3, 7] {
      let several = try bytes(methods, threads: threads)
      let different = one.keys.filter { one[$0] != several[$0] }.sorted()
      try #require(different == [], "\(methods.map(\.kind)) on \(threads) threads")
    }
  }

  @Test func fullFineTuning() async {
    await #expect(processExitsWith: .success) {
      try ThreadCountTests.requireSameBytes([("full", [:])])
    }
  }

  @Test func adaptersAndPrompts() async {
    await #expect(processExitsWith: .success) {
      try ThreadCountTests.requireSameBytes([
        ("conformer", ["rate": .number(4), "kernel": .number(5)]),
        ("prompt", ["tokens": .number(3), "deep": .flag(true)]),
      ])
    }
  }

  @Test func lowRankAndPrefix() async {
    await #expect(processExitsWith: .success) {
      try ThreadCountTests.requireSameBytes([
        ("lora", ["rank": .number(5)]), ("prefix", ["tokens": .number(4)]),
      ])
    }
  }

  @Test func mixture() async {
    await #expect(processExitsWith: .success) {
      try ThreadCountTests.requireSameBytes([("softmoa", ["rate": .number(4)])])
    }
  }

  /// Grouped and plain convolutions share their work out by groups and by examples.
  @Test func convolutionGradients() async {
    await #expect(processExitsWith: .success) {
      for groups in [1, 4] {
        var first: [[UInt32]]?
        for threads in [1, 2, 3, 7] {
          Threads.count = threads
          let x = Parameter("x", DoubleTensor.random([7, 90, 32], seed: 1).tensor)
          let weight = Parameter(
            "weight", DoubleTensor.random([40, 32 / groups, 9], seed: 2).tensor)
          for parameter in [x, weight] { parameter.isTrainable = true }
          let tape = Tape(.training)
          let y = try tape.convolution(
            x.value, weight: weight.value, padding: (4, 4), groups: groups)
          try tape.backward(from: y, seed: DoubleTensor.random(y.shape, seed: 3).tensor)
          let bytes = [y, x.gradient, weight.gradient].compactMap {
            $0?.values.map(\.bitPattern)
          }
          try #require(bytes.count == 3)
          try #require(first == nil || first == bytes, "\(groups) groups, \(threads) threads")
          first = bytes
        }
      }
    }
  }
}
