import ASTKit

/// Configuration files by themselves, and that they are written as they were read.
package final class JSONTarget: FuzzTarget {
  package static let name = "json"
  package static let summary = "configuration files, read, written and read again"

  private static let samples = [
    #"{"hidden_size": 768, "layer_norm_eps": 1e-12, "id2label": {"0": "a", "1": "b"}}"#,
    #"{"r": 8, "target_modules": ["query", "value"], "bias": "none", "alpha_pattern": {}}"#,
    #"{"text": "\u00e9\ud83d\ude00\n\t\"\\", "deep": [[[{"a": [1, -2.5e3, null, true]}]]]}"#,
  ].map { Array($0.utf8) }

  package init(_ scratch: Scratch) throws {}

  package var validCount: Int { Self.samples.count }

  package func input(_ number: Int, _ random: inout FuzzRandom) -> FuzzInput {
    let turn = number / 16
    if number < Self.samples.count { return FuzzInput("x.json", Self.samples[number]) }
    var bytes = Self.samples[turn % Self.samples.count]
    if number % 16 == 15 {
      bytes = ByteMutation.cut(bytes, turn: turn / Self.samples.count)
    } else {
      bytes = random.pick(Self.samples)
      JSONMutation.apply(to: &bytes, &random)
    }
    return FuzzInput("x.json", bytes)
  }

  package func read(_ input: FuzzInput) throws -> Int {
    let object = try JSONFile.parse(input.files[0].bytes, path: "x.json")
    let text = try JSONFile.text(object.values, path: "x.json")
    guard let again = try? JSONFile.parse(Array(text.utf8), path: "x.json") else {
      throw BrokenPromise("what was read and written cannot be read: \(text.prefix(200))")
    }
    guard again == object else {
      throw BrokenPromise("what was read and written reads otherwise: \(text.prefix(200))")
    }
    // What a reader may ask for must be an answer or an error, whatever the value is.
    for key in object.values.keys {
      _ = try? object.integer(key)
      _ = try? object.number(key)
      _ = try? object.bool(key)
      _ = try? object.text(key)
      _ = try? object.integers(key)
      _ = try? object.texts(key)
      _ = try? object.object(key)
    }
    return text.hashValue
  }
}
