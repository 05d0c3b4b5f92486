import TestSupport
import Testing

@testable import ASTKit

/// Activations that are computed again give the same bytes as kept ones, in less memory.
struct RecomputationTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    /// A wav2vec 2.0 model in place of AST: whether it is the stable one.
    var isStable: Bool?
    var attach: @Sendable (AudioClassifier) throws -> Void

    var testDescription: String { name }
  }

  private static let small: [String: SettingValue] = [
    "rate": .number(4), "kernel": .number(3), "dropout": .number(0.2),
  ]

  private static func mixture(_ kind: String, of experts: String) -> Case {
    Case(name: "\(kind) of \(experts), published, at the attention") {
      var settings = small
      settings["adapters"] = .number(2)
      settings["experts"] = .text(experts)
      settings["published"] = .flag(true)
      try $0.attach(kind, settings, at: Position([.mhsa], .parallelBefore))
    }
  }

  /// All places of an adapter, before and after, beside and in line.
  private static func placed(isStable: Bool?) -> [Case] {
    Placement.allCases.map { placement in
      Case(
        name: "bottleneck \(placement), \(isStable.map { $0 ? "stable" : "post-norm" } ?? "AST")",
        isStable: isStable
      ) {
        try $0.attach(
          "bottleneck", ["rate": .number(4), "residual": .flag(placement != .parallelAfter)],
          at: Position([.mhsa, .ffn], placement))
      }
    }
  }

  static let cases =
    [
      Case(name: "conformer with dropout") {
        try $0.attach("conformer", ["rate": .number(4), "kernel": .number(3)])
        try $0.attach("convpass", ["rate": .number(4), "dropout": .number(0.2)], layers: [1])
      },
      Case(name: "lora on all projections") {
        try $0.attach(
          "lora",
          ["rank": .number(2), "on": .texts(["q", "k", "v", "o"])])
      },
      Case(name: "prefix") { try $0.attach("prefix", ["tokens": .number(4)]) },
      Case(name: "deep prompts with dropout") {
        try $0.attach(
          "prompt", ["tokens": .number(2), "deep": .flag(true), "dropout": .number(0.3)])
      },
      Case(name: "full") { try $0.setTrainable(true, matching: "*") },
      Case(name: "the upper layer alone") {
        try $0.attach("bottleneck", ["rate": .number(4)], layers: [1])
      },
      Case(name: "the head alone") { try $0.attach("linear") },
      mixture("softmoa", of: "bottleneck"), mixture("densemoa", of: "bottleneck"),
      mixture("densemoa", of: "convpass"), mixture("softmoa", of: "conformer"),
      Case(name: "hydra, published, at the attention") {
        try $0.attach(
          "hydra", small.merging(["published": .flag(true)]) { $1 },
          at: Position([.mhsa], .parallelBefore))
      },
      Case(name: "full, post-norm", isStable: false) { try $0.setTrainable(true, matching: "*") },
      Case(name: "lora, stable", isStable: true) { try $0.attach("lora", ["rank": .number(2)]) },
    ] + [nil, false, true].flatMap(placed)

  private struct Bytes: Equatable {
    var gradients: [[[UInt32]]] = []
    var losses: [Double] = []
    var values: [String: [UInt32]] = [:]
  }

  private func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }

  /// Three steps of two parts each.
  private func run(_ method: Case, recomputes: Bool) throws -> Bytes {
    let net =
      try method.isStable.map { try TinySpeech.classifier(isStable: $0) }
      ?? TinyModel.classifier()
    try method.attach(net)
    TinyModel.scatter(net.trainableParameters, seed: 4)
    var step = TrainingStep(net)
    step.recomputes = recomputes
    var found = Bytes()
    for number in 0..<3 {
      let parts = (0..<2).map { part -> TrainingStep.Fill in
        { _ in
          let seed = UInt64(2 * number + part)
          let input =
            method.isStable == nil
            ? TinyModel.input(batch: 2, seed: seed)
            : DoubleTensor.random([2, 80], seed: seed).tensor
          return TrainingStep.Part(.input(input), labels: [part, 2])
        }
      }
      let outcome = try step.take(
        parts, clips: 4, random: RandomSource(seed: 7).fork("\(number)"), rate: { _ in 1e-2 },
        watch: { _ in
          found.gradients.append(
            net.trainableParameters.map { bits($0.gradient?.values ?? []) })
        })
      found.losses.append(outcome.loss)
    }
    found.values = net.allValues.mapValues(bits)
    return found
  }

  @Test("Same gradients, weights and running statistics", arguments: cases)
  func sameBytes(_ method: Case) throws {
    let kept = try run(method, recomputes: false)
    let again = try run(method, recomputes: true)
    #expect(again.losses == kept.losses)
    #expect(again.gradients == kept.gradients)
    #expect(again.values == kept.values)
  }

  /// In a process of its own: the pool's numbers are those of all tests that run.
  @Test func holdsFewerBytesAtThePeak() async {
    await #expect(processExitsWith: .success) {
      func peak(recomputes: Bool) throws -> Int {
        let net = try TinyModel.classifier(layers: 8, hidden: 32)
        try net.attach("conformer", ["rate": .number(4), "kernel": .number(3)])
        let input = TinyModel.input(batch: 16)
        var step = TrainingStep(net)
        step.recomputes = recomputes
        let before = BufferPool.shared.statistics.bytesInUse
        try step.take(
          [{ _ in TrainingStep.Part(.input(input), labels: (0..<16).map { $0 % 3 }) }], clips: 16,
          rate: { _ in 1e-3 })
        return BufferPool.shared.statistics.peakInUse - before
      }
      // The larger one last: what is known is the peak of all so far.
      let (again, kept) = (try peak(recomputes: true), try peak(recomputes: false))
      try #require(Double(again) < 0.5 * Double(kept), "\(again) of \(kept)")
    }
  }

  /// What cannot be kept can be computed again.
  @Test func moreClipsFitIntoMemory() throws {
    let net = try TinyModel.classifier(layers: 12)
    let bytes = MemoryLimit.available
    // A batch between what is needed with and without.
    var batch = 1
    while (try? net.requireMemory(batch: batch, of: [36, 36], training: true)) != nil { batch *= 2 }
    #expect(bytes > 0)
    try net.requireMemory(batch: batch, of: [36, 36], training: true, recomputes: true)
    #expect(throws: EngineError.self) {
      try net.requireMemory(
        batch: 64 * batch, of: [36, 36], training: true, recomputes: true)
    }
  }
}
