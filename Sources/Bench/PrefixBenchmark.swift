import ASTKit
import Foundation

/// A step of AST-base that begins with the kept results of its frozen layers, against one that
/// begins with the spectrograms: T = 500 frames, batch 8, fp32.
struct PrefixBenchmark {
  /// What is trained, by the names that `--only` takes.
  static let cases = ["prefix-linear", "prefix-top-4"]

  let name: String
  var frames: Int, batch: Int, steps: Int

  func run() throws {
    let net = try StepBenchmark.model(frames: frames)
    if name == "prefix-linear" {
      try net.attach("linear")
    } else {
      let layers = Array(net.backbone.layerCount - 4..<net.backbone.layerCount)
      try net.attach(
        "conformer", ["rate": .number(96), "kernel": .number(31), "published": .flag(true)],
        layers: layers)
    }
    let input = try StepBenchmark.input(frames: frames, batch: batch)
    let end = net.frozenPrefix.end
    // One clip at a time, as it is kept.
    let stride = input.count / batch
    let results = try (0..<batch).map { clip in
      let one = try Tensor([1] + input.shape.dropFirst())
      one.pointer.update(from: input.pointer + clip * stride, count: stride)
      return try net.prefix(to: end, from: .input(one))
    }
    let kept = try Tensor([batch] + results[0].shape.dropFirst())
    func start() -> WalkStart {
      for (clip, result) in results.enumerated() {
        (kept.pointer + clip * result.count).update(from: result.pointer, count: result.count)
      }
      return end == .finish ? .pooled(kept) : .hidden(kept, before: end)
    }
    print("\(name): \(net.frozenPrefix) kept, AST-base, batch \(batch), \(Threads.count) threads")

    let tape = Tape(.inference, recording: false)
    let whole = try net.forward(input, tape).values
    let above = try net.forward(from: start(), tape).values
    let difference = zip(whole, above).map { abs($0 - $1) }.max() ?? .nan

    let training = TrainingStep(net, AdamW())
    let labels = (0..<batch).map { $0 % 50 }
    func step(_ start: @escaping () -> WalkStart) throws {
      try training.take(
        [{ _ in TrainingStep.Part(start(), labels: labels) }], clips: batch, rate: { _ in 5e-3 })
    }
    try step { .input(input) }
    try step(start)
    var without: [Double] = [], with: [Double] = []
    for _ in 0..<steps {
      without.append(try Bench.seconds { try step { .input(input) } })
      // In turns, so that both see the same machine.
      with.append(try Bench.seconds { try step(start) })
    }
    let (slow, fast) = (Bench.median(without), Bench.median(with))
    print(String(format: "  from the input  %9.4f s", slow))
    print(String(format: "  from the cache  %9.4f s", fast))
    print(String(format: "  ratio           %9.2f", slow / fast))
    print(
      String(
        format: "  largest difference of a logit %.2g of %.2g", difference,
        whole.map(abs).max() ?? .nan))
  }
}
