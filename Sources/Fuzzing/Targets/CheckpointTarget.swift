import ASTKit
import TestSupport

/// Training runs, most of them with a checksum that fits what was changed: who damages a file by
/// hand can mend that as well.
package final class CheckpointTarget: FuzzTarget {
  package static let name = "checkpoint"
  package static let summary = "checkpoints of runs: description, curves, clips, averages"

  private let scratch: Scratch
  private let clips: DatasetView
  private let samples: [(bytes: [UInt8], parts: DescribedParts)]

  package init(_ scratch: Scratch) throws {
    self.scratch = scratch
    let clips = try TinyData.load()
    self.clips = clips
    samples = try ["lora", "conformer", "linear"].map { kind in
      let model = try TinyModel.classifier(layers: 1, hidden: 4)
      try model.attach(kind, kind == "linear" ? [:] : ["rate": .number(2)], name: "x")
      var settings = TrainingSettings()
      (settings.epochs, settings.batch) = (2, 4)
      let run = try Trainer(
        model, train: clips, valid: kind == "lora" ? clips : nil, settings)
      try run.advance(by: kind == "lora" ? run.stepsPerEpoch + 1 : 1)
      try Checkpoint.save(run, to: scratch.path("made.checkpoint"))
      let bytes = try scratch.read("made.checkpoint")
      return (bytes, DescribedParts(bytes, key: "petl.checkpoint"))
    }
  }

  package var validCount: Int { samples.count }

  package func input(_ number: Int, _ random: inout FuzzRandom) -> FuzzInput {
    if number < samples.count { return FuzzInput("x.checkpoint", samples[number].bytes) }
    let changed = random.pick(samples).parts.changed(&random)
    return FuzzInput("x.checkpoint", random.chance(80) ? resealed(changed) : changed)
  }

  /// The file with the checksum of its bytes, where it is whole enough to have one.
  private func resealed(_ bytes: [UInt8]) -> [UInt8] {
    guard let path = try? scratch.write("sealed.safetensors", bytes),
      let (stated, actual) = try? Safetensors(path).seals(),
      let place = bytes.firstRange(of: Array(stated.utf8))
    else { return bytes }
    var result = bytes
    result.replaceSubrange(place, with: actual.utf8)
    return result
  }

  package func read(_ input: FuzzInput) throws -> Int {
    let path = try scratch.write("x.checkpoint", input.files[0].bytes)
    var options = Checkpoint.Options()
    options.train = clips
    if input.files[0].bytes.firstRange(of: Array("data/valid".utf8)) != nil {
      options.valid = clips
    }
    let run = try Checkpoint.resume(path, options)
    var hasher = Hasher()
    hasher.combine(try SmallModels.digest(run.model))
    hasher.combine(run.step)
    hasher.combine(run.history.losses)
    // What it gives back must be a run that goes on, or says why not.
    do {
      try run.advance(by: 1)
      hasher.combine(run.history.losses)
    } catch let error as any DescribedError {
      hasher.combine(error.message)
    }
    return hasher.finalize()
  }

  package func checkValid() throws {
    var options = Checkpoint.Options()
    (options.train, options.valid) = (clips, clips)
    let path = try scratch.write("x.checkpoint", samples[0].bytes)
    let run = try Checkpoint.resume(path, options)
    guard run.step == run.stepsPerEpoch + 1, run.history.validations.count == 1 else {
      throw BrokenPromise("a valid run is not where it was left")
    }
  }
}
