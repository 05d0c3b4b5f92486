import ASTKit
import TestSupport
import Testing

/// A set whose description is damaged or lies is refused, and the model stays what it was.
struct AdapterSetTests {
  struct Damage: Sendable, CustomTestStringConvertible {
    var what: String
    var says: String
    var edit: @Sendable (inout EditedSafetensors) throws -> Void
    var testDescription: String { what }
  }

  static let damages: [Damage] = [
    Damage(what: "no JSON", says: "damaged") { $0.text = "{\"version\": " },
    Damage(what: "empty", says: "damaged") { $0.text = "" },
    Damage(what: "a list", says: "damaged") { $0.text = "[1, 2]" },
    Damage(what: "deep nesting", says: "damaged") {
      $0.text = String(repeating: "[", count: 100_000)
    },
    Damage(what: "no attachments", says: "adapters") { $0.description["attachments"] = [] },
    Damage(what: "attachments of another type", says: "damaged") {
      $0.description["attachments"] = "x"
    },
    Damage(what: "a huge list of layers", says: "layers") {
      $0.method["layers"] = Array(0..<200_000)
    },
    Damage(what: "negative layers", says: "layers") { $0.method["layers"] = [-1] },
    Damage(what: "layers beyond Int", says: "damaged") { $0.method["layers"] = [1e30] },
    Damage(what: "an unknown kind", says: "conformr") { $0.method["kind"] = "conformr" },
    Damage(what: "a kind without position", says: "position") {
      $0.method["kind"] = "bitfit"
      $0.method["settings"] = [String: Int]()
    },
    Damage(what: "an unknown position", says: "damaged") { $0.method["position"] = "up.there" },
    Damage(what: "an unknown setting", says: "siez") { $0.method["settings"] = ["siez": 1] },
    Damage(what: "a negative setting", says: "rate") { $0.method["settings"] = ["rate": -4] },
    Damage(what: "a setting of another type", says: "damaged") {
      $0.method["settings"] = ["rate": ["x": 1]]
    },
    Damage(what: "a huge kernel", says: "kernel") {
      $0.method["settings"] = ["rate": 4, "kernel": 1_000_000]
    },
    Damage(what: "another kernel", says: "dwise_conv.weight") {
      $0.method["settings"] = ["rate": 4, "kernel": 4096]
    },
    Damage(what: "more than the file holds", says: "lacks") {
      $0.method["kind"] = "softmoa"
      $0.method["settings"] = ["rate": 1, "adapters": 256, "slots": 1024, "kernel": 4096]
    },
    Damage(what: "a name with a slash", says: "'/'") { $0.method["name"] = "x/y" },
    Damage(what: "an empty name", says: "empty") { $0.method["name"] = "" },
    Damage(what: "the same twice", says: "'x' already") {
      $0.description["attachments"] = [$0.method, $0.method]
    },
    Damage(what: "many that are not there", says: "lacks") { file in
      file.description["attachments"] = (0..<3000).map { number in
        file.method.merging(["name": "n\(number)"]) { $1 }
      }
    },
    Damage(what: "no classes", says: "damaged") {
      $0.description["classes"] = [String]()
    },
    Damage(what: "many classes", says: "classification_head.weight") {
      $0.description["classes"] = (0..<5000).map { "class \($0)" }
    },
    Damage(what: "an unknown pooling", says: "damaged") { $0.description["pooling"] = "SOME" },
    Damage(what: "a pooling without prompts", says: "damaged") {
      $0.description["pooling"] = "PROMPTS"
    },
    Damage(what: "a head of its own without tensors", says: "classification_head.weight") {
      $0.method["task"] = ["classes": ["u", "v"], "pooling": "ALL", "head": "linear"]
    },
    Damage(what: "a head of its own of no kind", says: "damaged") {
      $0.method["task"] = ["classes": ["u", "v"], "pooling": "ALL", "head": "odd"]
    },
    Damage(what: "an unknown head", says: "damaged") { $0.description["head"] = "two" },
    Damage(what: "another head", says: "classifier.dense.weight") {
      $0.description["head"] = "normalised"
    },
    Damage(what: "negative sizes", says: "hidden is -8 there") { $0.sizes["hidden_size"] = -8 },
    Damage(what: "no sizes", says: "damaged") { $0.description["backbone"] = [String: Int]() },
    Damage(what: "no fingerprint of a parameter", says: "it has no 'embeddings.cls_token'") {
      $0.description["fingerprint"] = ["x": "1"]
    },
  ]

  @Test(arguments: damages) func refused(_ damage: Damage) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("set.safetensors")
    try AdapterFile.save(TrainedSet.model(), to: path)
    var file = try EditedSafetensors(path)
    try damage.edit(&file)
    try file.write(path)
    let message = try TrainedSet.refusal(path, into: TinyModel.classifier())
    #expect(message.contains(damage.says), "\(message.prefix(300))")
  }
}
