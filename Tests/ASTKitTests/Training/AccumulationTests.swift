import TestSupport
import Testing

@testable import ASTKit

/// Several batches a step have the result of one batch of all their clips.
struct AccumulationTests {
  private let clips: DatasetView

  init() throws { clips = try TinyData.load() }

  private func run(
    _ kind: String?, _ method: [String: SettingValue], batch: Int, accumulate: Int
  ) throws -> Trainer {
    let net = try TinyModel.classifier()
    if let kind {
      try net.attach(kind, method)
    } else {
      try net.setTrainable(true, matching: "*")
    }
    var settings = TinyRun.settings(epochs: 3, batch: batch, rate: 1e-3)
    settings.accumulate = accumulate
    let trainer = try Trainer(net, train: clips, valid: clips, settings)
    try trainer.advance()
    return trainer
  }

  /// With SpecAugment, whose draws go on from batch to batch; 13 clips leave a batch of one.
  @Test(
    arguments: [
      ("lora", ["rank": .number(2)]), ("bottleneck", ["rate": .number(4)]), (nil, [:]),
    ] as [(String?, [String: SettingValue])], [(2, 3), (3, 2), (1, 6)])
  func sameAsTheLargerBatch(
    _ method: (kind: String?, settings: [String: SettingValue]), _ cut: (batch: Int, parts: Int)
  ) throws {
    let whole = try run(method.kind, method.settings, batch: 6, accumulate: 1)
    let parts = try run(method.kind, method.settings, batch: cut.batch, accumulate: cut.parts)
    #expect(parts.step == 9 && parts.history.clips == [6, 6, 1, 6, 6, 1, 6, 6, 1])
    #expect(parts.history.clips == whole.history.clips)
    #expect(parts.history.accuracies == whole.history.accuracies)
    for (a, b) in zip(parts.history.losses, whole.history.losses) { #expect(abs(a - b) < 1e-5) }
    let (found, wanted) = (parts.model.allValues, whole.model.allValues)
    #expect(found.keys == wanted.keys)
    for (name, values) in wanted {
      let worst = zip(values, found[name] ?? []).map { abs($0 - $1) }.max() ?? 0
      #expect(worst < 1e-5, "\(name)")
    }
  }

  /// Each batch moves the running statistics once, and is normalised by itself.
  @Test func batchNormSeesEachBatch() throws {
    let method: [String: SettingValue] = ["rate": .number(4), "kernel": .number(3)]
    let parts = try run("conformer", method, batch: 2, accumulate: 3)
    let whole = try run("conformer", method, batch: 6, accumulate: 1)
    func count(_ trainer: Trainer) throws -> Float {
      let buffers = trainer.model.attachments.flatMap(\.buffers)
      return try #require(buffers.first { $0.name.hasSuffix("num_batches_tracked") })
        .value.values[0]
    }
    #expect(try count(parts) == 3 * 7)
    #expect(try count(whole) == 3 * 3)
  }

  @Test func nonsenseIsRefused() throws {
    func refusal(batch: Int, accumulate: Int) throws -> String? {
      var settings = TinyRun.settings(batch: batch)
      settings.accumulate = accumulate
      let error = #expect(throws: (any Error).self) {
        try Trainer(TinyModel.classifier(), train: clips, settings)
      }
      return (error as? any DescribedError)?.message
    }
    for accumulate in [0, -1, 65_537, .max] {
      #expect(
        try refusal(batch: 1, accumulate: accumulate)
          == "'accumulate' must be between 1 and 65536, found \(accumulate)")
    }
    #expect(
      try refusal(batch: 4, accumulate: 4)
        == "a step of 4 batches of 4, as 'accumulate' has it, is larger than '\(clips.name)' with its 13 clips"
    )
    #expect(
      try refusal(batch: 65_536, accumulate: 65_536)?.hasPrefix("a step of 65536 batches") == true)
  }
}
