import ASTKit
import TestSupport
import Testing

@Suite("Configuration files")
struct JSONFileTests {
  let folder: TemporaryFolder
  let path: String
  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("config.json")
  }

  private func read(_ text: String) throws -> JSONObject {
    try AtomicFile.write(path, text: text)
    return try JSONFile.read(path)
  }

  @Test("values come back as they were written, with sorted keys and numbers Python reads")
  func roundTrip() throws {
    let values: [String: JSONValue] = [
      "layer_norm_eps": 1e-12, "hidden_size": 768, "b": true, "n": nil, "rate": 0.1,
      "list": ["query", "value"], "path/é": "a\"b\n", "nested": ["x": [1, 2.5]],
    ]
    try JSONFile.write(values, to: path)
    #expect(try JSONFile.read(path).values == values)
    #expect(
      try JSONFile.text(values)
        == #"{"b":true,"hidden_size":768,"layer_norm_eps":1e-12,"list":["query","value"],"#
        + #""n":null,"nested":{"x":[1,2.5]},"path/é":"a\"b\n","rate":0.1}"#)
  }

  @Test("typed answers, with defaults for keys that are missing or null")
  func accessors() throws {
    let object = try read(
      #"{"i": 3, "w": 4.0, "d": 0.5, "t": "x", "b": false, "n": null, "o": {"k": [1, 2]}}"#)
    #expect(try object.integer("i") == 3)
    #expect(try object.integer("w") == 4)
    #expect(try object.number("i") == 3)
    #expect(try object.number("d") == 0.5)
    #expect(try object.text("t") == "x")
    #expect(try object.bool("b") == false)
    #expect(try object.integer("n", default: 7) == 7)
    #expect(try object.text("missing", default: "y") == "y")
    #expect(try object.object("o").integers("k") == [1, 2])
    #expect(try object.texts("missing", default: []) == [])
    #expect(object.has("t") && !object.has("n") && !object.has("missing"))
  }

  @Test("errors name the file, the key, what was expected and what was found")
  func errors() throws {
    let object = try read(#"{"hidden_size": "large", "list": [1, "a"]}"#)
    #expect(
      throws: JSONFileError.type(
        path: path, key: "hidden_size", expected: "a whole number", found: "\"large\"")
    ) { try object.integer("hidden_size") }
    #expect(throws: JSONFileError.self) { try object.integers("list") }
    let missing = #expect(throws: JSONFileError.self) { try object.integer("hiden_size") }
    #expect(missing?.description == "'\(path)' has no 'hiden_size' (it has 'hidden_size')")
  }

  @Test(
    "text that is no JSON object",
    arguments: ["", "[]", "3", "{", #"{"a":}"#, "{\"a\": NaN}", "\u{0}", #"{"a": 1e999}"#])
  func syntax(_ text: String) throws {
    #expect(throws: JSONFileError.self) { try read(text) }
  }

  @Test("deep nesting and an infinite number are errors")
  func limits() throws {
    let deep = #"{"a":"# + String(repeating: "[", count: 200_000)
    #expect(throws: JSONFileError.self) { try read(deep) }
    #expect(throws: JSONFileError.self) { try JSONFile.write(["x": .number(.infinity)], to: path) }
  }
}
