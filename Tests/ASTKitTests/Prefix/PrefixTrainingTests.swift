import TestSupport
import Testing

@testable import ASTKit

/// Epochs that begin above the frozen layers train what epochs from the sound on train.
struct PrefixTrainingTests {
  /// The losses of a run whose steps all begin with the input.
  private func lossesFromInput(_ top: PrefixRun.Top) throws -> [Double] {
    let net = try PrefixRun.model(top)
    let trainer = try PrefixRun.trainer(net, PrefixRun.cache())
    let optimiser = AdamW(trainer.settings.optimiser)
    return try (0..<trainer.totalSteps).map { step in
      let batch = trainer.batches.epoch(step / 4)[step % 4]
      let (input, labels, lengths) = try trainer.batches.fill(batch)
      let factor = trainer.settings.schedule.factor(
        step: step, total: trainer.totalSteps, warmup: trainer.settings.warmup)
      return try TrainingStep(net, optimiser).take(
        [{ _ in .init(.input(input), labels: labels, lengths: lengths) }], clips: batch.count,
        rate: { _ in factor * trainer.learningRate }
      ).loss
    }
  }

  @Test("Losses are those without it", arguments: PrefixRun.Top.allCases)
  func sameLosses(_ top: PrefixRun.Top) throws {
    let trainer = try PrefixRun.trainer(PrefixRun.model(top), PrefixRun.cache())
    try trainer.advance()
    #expect(trainer.prefixUse == .kept(trainer.model.frozenPrefix))
    #expect(trainer.model.frozenPrefix.end == top.end)
    // Each clip once, in the first epoch.
    #expect(trainer.prefixWork.clips == 13)
    for (kept, whole) in zip(trainer.history.losses, try lossesFromInput(top)) {
      #expect(abs(kept - whole) < 1e-4 * max(1, whole))
    }
  }

  @Test(
    "Where and whether it is kept changes no byte", arguments: PrefixRun.Top.allCases,
    ["nothing", "three clips", "a file", "already"])
  func sameBytes(_ top: PrefixRun.Top, _ kept: String) throws {
    func end(_ cache: PrefixCache) throws -> (values: [String: [Float]], computed: Int) {
      let trainer = try PrefixRun.trainer(PrefixRun.model(top), cache, validates: true)
      try trainer.advance()
      return (trainer.model.allValues, trainer.prefixWork.clips)
    }
    let all = PrefixRun.cache(), wanted = try end(all)
    let clip = top == .head ? 32 : 352
    let folder = try TemporaryFolder()
    let other =
      switch kept {
      case "nothing": PrefixRun.cache(0)
      case "three clips": PrefixRun.cache(3 * clip)
      case "a file": PrefixCache(budget: 3 * clip, folder: folder.path)
      default: all
      }
    let found = try end(other)
    #expect(found.values == wanted.values)
    // Three epochs of training and three validations, all on the same clips.
    let computed = ["nothing": 6 * 13, "three clips": 13 + 5 * 10, "a file": 13, "already": 0]
    #expect(found.computed == computed[kept])
    #expect(wanted.computed == 13)
    #expect(other.usage.file == (kept == "a file" ? 10 * clip : 0))
    #expect(other.usage.memory <= other.budget)
  }

  @Test("Several batches a step, activations computed again: the same")
  func withOtherSettings() throws {
    func losses(_ cache: PrefixCache, _ change: (inout TrainingSettings) -> Void) throws -> [Double]
    {
      let trainer = try PrefixRun.trainer(PrefixRun.model(.attention), cache, change)
      try trainer.advance()
      return trainer.history.losses
    }
    let cache = PrefixRun.cache()
    let plain = try losses(cache) { _ in }
    #expect(try losses(cache) { $0.checkpointing = true } == plain)
    let parts = try losses(cache) { ($0.batch, $0.accumulate) = (2, 2) }
    for (a, b) in zip(plain, parts) { #expect(abs(a - b) < 1e-5) }
  }

  @Test("What stands in its way is said")
  func reasons() throws {
    let net = try PrefixRun.model(.attention)
    let augmented = try PrefixRun.trainer(net, PrefixRun.cache()) {
      $0.augmentation = try? SpecAugment(frequencyMask: 4, timeMask: 6)
    }
    try augmented.advance(by: 2)
    #expect(augmented.prefixWork.clips == 0)
    #expect(
      augmented.prefixUse.description.hasPrefix(
        "nothing, though the embeddings and layers 0...1 are frozen: SpecAugment"))
    #expect(try PrefixRun.trainer(net, PrefixRun.cache(0)).prefixUse.description.contains("off"))
    let trainer = try PrefixRun.trainer(net, PrefixRun.cache())
    #expect(
      trainer.prefixUse.description
        == "the embeddings and layers 0...1, computed once a clip")
    try net.setTrainable(true, matching: "encoder.layer.0.*.query.weight")
    #expect(trainer.prefixUse.description.contains("query.weight' is trained"))
    try trainer.advance(by: 1)
    #expect(trainer.prefixWork.clips == 0)
  }

  @Test("Layers that change between two steps are computed again")
  func changes() throws {
    let net = try PrefixRun.model(.attention), cache = PrefixRun.cache()
    let trainer = try PrefixRun.trainer(net, cache)
    try trainer.advance(by: 4)
    TinyModel.scatter(Array(net.backbone.parameters.prefix(8)), seed: 9)
    #expect(trainer.prefixDebt?.train == 13)
    let logits = try net.evaluate(trainer.train, cache: cache).logits
    let input = try trainer.batches.input(trainer.train.indices)
    for (a, b) in zip(logits.flatMap(\.self), try net.logits(input)) { #expect(abs(a - b) < 1e-4) }
    #expect(cache.usage.memory == 2 * 13 * 352)
    // Trained below in the meantime, by another run.
    let whole = try PrefixRun.trainer(net, cache)
    try net.setTrainable(true, matching: "encoder.layer.1.*")
    try whole.advance(by: 1)
    try net.setTrainable(false, matching: "encoder.layer.1.*")
    #expect(trainer.prefixDebt?.train == 13)
  }

  @Test("Evaluation takes what training left, and the other way round")
  func evaluation() throws {
    let net = try PrefixRun.model(.head), cache = PrefixRun.cache()
    let trainer = try PrefixRun.trainer(net, cache)
    let flops = try ProductTrace.record { _ = try net.evaluate(trainer.train, cache: cache) }.count
    try trainer.advance()
    #expect(trainer.prefixWork.clips == 0)
    let later = try ProductTrace.record { _ = try net.evaluate(trainer.train, cache: cache) }.count
    #expect(later == 1 && flops > 13)
  }

  @Test("What is left of a run knows what is kept")
  func forecast() throws {
    let cache = PrefixRun.cache()
    let trainer = try PrefixRun.trainer(PrefixRun.model(.attention), cache, validates: true)
    #expect(trainer.prefixDebt == PrefixDebt(train: 13, valid: 0, unkept: 0))
    trainer.debt = trainer.prefixDebt
    #expect(trainer.work(until: 12).prefixes == 13)
    try trainer.advance(by: 2)
    #expect(trainer.debt?.train == 5)
    #expect(trainer.work(until: 3).prefixes == 4)
    #expect(trainer.cacheGrowth == 5 * 352)
    let before = trainer.model.allValues
    #expect(try trainer.forecast().seconds > 0)
    #expect(trainer.model.allValues == before)

    let small = try PrefixRun.trainer(
      PrefixRun.model(.attention), PrefixRun.cache(3 * 352), validates: true)
    let debt = try #require(small.prefixDebt)
    #expect(debt.train == 13 && abs(debt.unkept - 10.0 / 26) < 1e-12)
    // The first epoch, and 10 of 26 of what follows: two epochs and two validations.
    #expect(debt.prefixes(clips: 39, of: 13, validations: 3, of: 13) == 13 + 20)
    small.debt = debt
    try small.advance()
  }

  @Test("Left and taken up again at every step, the run ends with the same bytes")
  func resumed() throws {
    let run = try CheckpointRun()
    func fresh() throws -> Trainer { try run.trainer(PrefixRun.model(.attention), validates: true) }
    PrefixCache.shared.empty()
    let never = try fresh()
    try never.advance()
    #expect(never.prefixWork.clips > 0)
    let wanted = try run.bytes(never)
    for stop in 0...never.totalSteps {
      let left = try fresh()
      try left.advance(by: stop)
      try Checkpoint.save(left, to: run.path)
      // As in another process, which has nothing yet, every second time.
      if stop % 2 == 0 { PrefixCache.shared.empty() }
      let resumed = try Checkpoint.resume(run.path)
      try resumed.advance()
      #expect(try run.bytes(resumed) == wanted, "from step \(stop)")
    }
  }
}
