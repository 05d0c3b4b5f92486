import ASTKit

/// Folders of models: the tensors, petl's description of them, `config.json` and
/// `preprocessor_config.json`.
package final class ModelFolderTarget: FuzzTarget {
  package static let name = "model"
  package static let summary = "model folders: config.json, preprocessor_config.json, tensors"

  private struct Sample {
    var input: FuzzInput
    var tensors: DescribedParts
  }

  private static let features =
    #"{"feature_extractor_type": "ASTFeatureExtractor", "do_normalize": true, "mean": -4.2,"#
    + #" "std": 4.5, "num_mel_bins": 36, "max_length": 36, "sampling_rate": 16000}"#

  private let scratch: Scratch
  private var samples: [Sample] = []

  package init(_ scratch: Scratch) throws {
    self.scratch = scratch
    let classifier = try SmallModels.ast(isClassifier: true)
    let models = [classifier, try SmallModels.ast(), try SmallModels.wav2vec2()]
    let attached = try SmallModels.ast()
    try attached.attach("lora", ["rank": .number(2)], name: "x")
    for (i, model) in (models + [attached]).enumerated() {
      let folder = scratch.path("made-\(i)")
      try ModelFile.save(model, to: folder)
      if model === classifier {
        try scratch.write("made-\(i)/preprocessor_config.json", Array(Self.features.utf8))
      }
      try add(folder)
      // As transformers writes it: the sizes are in config.json alone.
      if model.attachments.isEmpty {
        let file = try Safetensors("\(folder)/model.safetensors")
        let items = try file.names.map { Safetensors.Item($0, try file.tensor($0).copy()) }
        try Safetensors.write(
          items, metadata: ["format": "pt"], to: "\(folder)/model.safetensors")
        try add(folder)
      }
    }
  }

  private func add(_ folder: String) throws {
    let name = folder.dropFirst(scratch.folder.count + 1)
    let files = ["model.safetensors", "config.json", "preprocessor_config.json"]
      .compactMap { file -> (String, [UInt8])? in
        guard let bytes = try? scratch.read("\(name)/\(file)") else { return nil }
        return (file, bytes)
      }
    samples.append(Sample(input: FuzzInput(files), tensors: DescribedParts(files[0].1)))
  }

  package var validCount: Int { samples.count }

  package func input(_ number: Int, _ random: inout FuzzRandom) -> FuzzInput {
    if number < samples.count { return samples[number].input }
    let sample = random.pick(samples)
    var input = sample.input
    let file = random.below(input.files.count + 1) % input.files.count
    if file == 0 {
      input.files[0].bytes = sample.tensors.changed(&random)
    } else if number % 16 == 15 {
      input.files[file].bytes = ByteMutation.cut(input.files[file].bytes, turn: number / 16)
    } else {
      JSONMutation.apply(to: &input.files[file].bytes, &random)
    }
    if random.chance(2) { input.files.remove(at: random.below(input.files.count)) }
    return input
  }

  package func read(_ input: FuzzInput) throws -> Int {
    scratch.empty("model")
    let (model, notices) = try ModelFile.load(scratch.write(input, to: "model"))
    return try SmallModels.digest(model) ^ notices.hashValue
  }
}
