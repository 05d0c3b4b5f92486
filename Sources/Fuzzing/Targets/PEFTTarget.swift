import ASTKit
import TestSupport

/// Folders of the `peft` package: adapter_config.json and the matrices.
package final class PEFTTarget: FuzzTarget {
  package static let name = "peft"
  package static let summary = "peft folders: adapter_config.json, LoRA's matrices"

  private let scratch: Scratch
  private let samples: [FuzzInput]
  private let bare: Int

  package init(_ scratch: Scratch) throws {
    self.scratch = scratch
    bare = try SmallModels.digest(SmallModels.ast(isClassifier: true))
    samples = try [["q", "v"], ["o"]].map { targets in
      let model = try SmallModels.ast(isClassifier: true)
      try model.attach(
        "lora", ["rank": .number(2), "on": .texts(targets)], name: "x")
      TinyModel.scatter(model.trainableParameters, seed: 7)
      let naming: PEFTFolder.Naming = targets.count > 1 ? .both : .transformers4
      try PEFTFolder.save(model, to: scratch.path("made"), naming: naming)
      return FuzzInput(
        try ["adapter_config.json", "adapter_model.safetensors"].map {
          ($0, try scratch.read("made/\($0)"))
        })
    }
  }

  package var validCount: Int { samples.count }

  package func input(_ number: Int, _ random: inout FuzzRandom) -> FuzzInput {
    if number < samples.count { return samples[number] }
    var input = random.pick(samples)
    if number % 16 == 15 {
      input.files[0].bytes = ByteMutation.cut(input.files[0].bytes, turn: number / 16)
    } else if random.chance(60) {
      JSONMutation.apply(to: &input.files[0].bytes, &random)
    } else {
      input.files[1].bytes = SafetensorsParts(input.files[1].bytes).changed(&random)
    }
    return input
  }

  package func read(_ input: FuzzInput) throws -> Int {
    let path = try scratch.write(input, to: "peft")
    let model = try SmallModels.ast(isClassifier: true)
    let notices: [String]
    do {
      notices = try PEFTFolder.load(path, into: model)
    } catch {
      guard try SmallModels.digest(model) == bare, model.attachments.isEmpty else {
        throw BrokenPromise("a refused folder changed the model")
      }
      throw error
    }
    return try SmallModels.digest(model) ^ notices.hashValue
  }
}
