import ASTKit
import TestSupport

/// petl's own files of adapters, one of each method.
package final class AdapterTarget: FuzzTarget {
  package static let name = "adapter"
  package static let summary = "petl's adapter files, one of each method"

  private let scratch: Scratch
  private let samples: [(bytes: [UInt8], parts: DescribedParts)]
  /// Of the model before anything is attached.
  private let bare: Int

  package init(_ scratch: Scratch) throws {
    self.scratch = scratch
    bare = try SmallModels.digest(SmallModels.ast())
    samples = try PETLMethods.all.map { method in
      let model = try SmallModels.ast()
      try model.attach(method.kind, Self.settings(method), name: "x")
      TinyModel.scatter(model.trainableParameters, seed: 7)
      try AdapterFile.save(model, to: scratch.path("made.safetensors"))
      let bytes = try scratch.read("made.safetensors")
      return (bytes, DescribedParts(bytes))
    }
  }

  /// Settings for a model as narrow as this one, where the method's own are too wide.
  private static func settings(_ method: any PETLMethod.Type) -> [String: SettingValue] {
    let name = ["rate", "tokens"].first { name in method.settings.contains { $0.name == name } }
    return name.map { [$0: .number(2)] } ?? [:]
  }

  package var validCount: Int { samples.count }

  package func input(_ number: Int, _ random: inout FuzzRandom) -> FuzzInput {
    if number < samples.count { return FuzzInput("x.safetensors", samples[number].bytes) }
    return FuzzInput("x.safetensors", random.pick(samples).parts.changed(&random))
  }

  package func read(_ input: FuzzInput) throws -> Int {
    let path = try scratch.write("x.safetensors", input.files[0].bytes)
    let model = try SmallModels.ast()
    let notices: [String]
    do {
      notices = try AdapterFile.load(path, into: model)
    } catch {
      guard try SmallModels.digest(model) == bare, model.attachments.isEmpty else {
        throw BrokenPromise("a refused file changed the model")
      }
      throw error
    }
    return try SmallModels.digest(model) ^ notices.hashValue
  }
}
