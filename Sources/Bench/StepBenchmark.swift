import ASTKit
import Foundation

/// One training step of AST-base with conformer adapters beside every feed-forward network,
/// as the published code's main setting has it: T = 500 frames, batch 8, fp32.
struct StepBenchmark {
  var frames = 500
  var batch = 8
  var steps = 20
  /// Whether activations are computed again in the backward pass, as with `checkpointing: true`.
  var recomputes = false

  /// AST-base with a head of 50 classes and random values.
  static func model(frames: Int) throws -> AudioClassifier {
    var sizes = ASTConfiguration()
    sizes.frames = frames
    let source = RandomParameters(seed: 1)
    let backbone = try ASTModel(sizes, from: source)
    let head = try ClassificationHead(.linear, hidden: sizes.hidden, classes: 50, from: source)
    return try AudioClassifier(
      backbone: backbone, head: head, classes: (0..<50).map { "class \($0)" })
  }

  /// Spectrograms `[batch, frames, mels]` of noise.
  static func input(frames: Int, batch: Int) throws -> Tensor {
    var random = RandomSource(seed: 2)
    return try Initialization.truncatedNormal(0.5).tensor(
      [batch, frames, ASTConfiguration().melBins], random: &random)
  }

  func run() throws {
    let net = try Self.model(frames: frames)
    try net.attach(
      "conformer", ["rate": .number(96), "kernel": .number(31), "published": .flag(true)])
    let optimiser = AdamW()
    let input = try Self.input(frames: frames, batch: batch)
    let labels = (0..<batch).map { $0 % 50 }

    var training = TrainingStep(net, optimiser)
    training.recomputes = recomputes
    func step() throws {
      try training.take(
        [{ _ in TrainingStep.Part(.input(input), labels: labels) }], clips: batch,
        rate: { _ in 5e-3 })
    }

    let counts = net.parameterCounts
    print(
      "AST-base, \(net.backbone.tokenCount) tokens, batch \(batch), \(Threads.count) threads, "
        + "\(counts.trainable) of \(counts.total) parameters trainable")
    let products = try ProductTrace.record { try step() }
    let flops = products.reduce(0) { $0 + $1.flops }
    try step()
    try ProductTrace.replay(products)

    var whole: [Double] = [], bare: [Double] = [], memory: [Double] = []
    for index in 0..<steps {
      whole.append(try Bench.seconds(step))
      memory.append(Double(BufferPool.shared.statistics.bytesInUse) / 1e6)
      // Taken in turns with the steps, so that both see the same machine.
      if index % 2 == 0 { bare.append(try Bench.seconds { try ProductTrace.replay(products) }) }
    }
    let pool = BufferPool.shared.statistics
    let (step50, bare50) = (Bench.median(whole), Bench.median(bare))
    print(
      String(
        format: "step            %7.2f s   (min %.2f, max %.2f of %d)", step50,
        whole.min() ?? 0, whole.max() ?? 0, steps))
    print(
      String(
        format: "bare products   %7.2f s   (%.0f GFLOP, %.0f GFLOP/s)", bare50,
        flops / 1e9, flops / 1e9 / bare50))
    print(String(format: "ratio           %7.2f", step50 / bare50))
    print(
      String(
        format: "peak memory     %7.0f MB resident, %.0f MB in tensors",
        Bench.peakResidentMegabytes, Double(pool.peakInUse) / 1e6))
    print(
      String(
        format: "after each step %7.0f MB in tensors, growth over %d steps %.1f MB",
        memory.last ?? 0, steps, (memory.last ?? 0) - (memory.first ?? 0)))
  }
}
