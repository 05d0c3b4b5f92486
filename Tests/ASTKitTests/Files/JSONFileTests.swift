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
    let values: JSONMembers = [
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

  @Test("keys that look alike stay apart, as their bytes differ")
  func lookAlikeKeys() throws {
    let (composed, decomposed) = ("caf\u{e9}", "cafe\u{301}")
    var values = JSONMembers([(composed, .integer(0)), (decomposed, .integer(1))])
    try JSONFile.write(["label2id": .object(values)], to: path)
    let read = try JSONFile.read(path).object("label2id").values
    #expect(read.map(\.value) == [1, 0])
    #expect(read[composed] == 0 && read[decomposed] == 1)
    values[composed] = nil
    #expect(values.keys.map { Array($0.utf8) } == [Array(decomposed.utf8)])
  }

  @Test("on several lines, texts with characters that JSON must not have as they are")
  func pretty() throws {
    let values: JSONMembers = [
      "b": [], "a": [1, ["x": nil]], "t\u{1}": "\t\u{1f}\u{7f}\\", "e": [:],
    ]
    let text = """
      {
        "a": [
          1,
          {
            "x": null
          }
        ],
        "b": [],
        "e": {},
        "t\\u0001": "\\t\\u001f\u{7f}\\\\"
      }
      """
    #expect(try JSONFile.text(values, pretty: true) == text)
    #expect(try JSONFile.parse(Array(text.utf8), path: path).values == values)
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
    arguments: [
      "", "[]", "3", "{", #"{"a":}"#, #"{"a": nan}"#, "\u{0}", #"{"a": 01}"#, #"{"a": 1.}"#,
      #"{"a": +1}"#, #"{"a": "\x"}"#, #"{"a": "\ud800"}"#, "{\"a\": \"\n\"}", #"{"a": 1,}"#,
      #"{"a": [1 2]}"#, #"{a: 1}"#, #"{"a": 1} x"#, #"{"a": tru}"#, #"{"a": -}"#,
    ])
  func syntax(_ text: String) throws {
    #expect(throws: JSONFileError.self) { try read(text) }
  }

  @Test("what Python's json reads: its numbers, its order, and a byte-order mark")
  func python() throws {
    let object = try read(
      "\u{FEFF}"
        + #"{"z": NaN, "b": -Infinity, "a": 1e999, "n": {"y": 1, "x": 2, "y": -2.50e+1}, "#
        + #""t": "\u00e9\ud83d\ude00\/\n", "e": {}, "l": [ ]}"#)
    #expect(object.values.keys == ["z", "b", "a", "n", "t", "e", "l"])
    #expect(object["b"] == .number(-.infinity) && object["a"] == .number(.infinity))
    #expect(try object.object("n").values.keys == ["y", "x"])
    #expect(try object.object("n").number("y") == -25)
    #expect(try object.text("t") == "é😀/\n")
    for key in ["z", "b", "a"] {
      let error = #expect(throws: JSONFileError.self) { try object.number(key) }
      #expect(error?.message.contains("'\(key)' should be a number") == true)
    }
  }

  @Test("deep nesting and an infinite number are errors")
  func limits() throws {
    let deep = #"{"a":"# + String(repeating: "[", count: 200_000)
    #expect(throws: JSONFileError.self) { try read(deep) }
    #expect(throws: JSONFileError.self) { try JSONFile.write(["x": .number(.infinity)], to: path) }
  }
}
