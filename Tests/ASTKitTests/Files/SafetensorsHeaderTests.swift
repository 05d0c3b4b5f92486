import ASTKit
import TestSupport
import Testing

@Suite("Lying safetensors headers are refused, with the file and the tensor named")
struct SafetensorsHeaderTests {
  let folder: TemporaryFolder
  let path: String
  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("a.safetensors")
  }

  private func entry(
    _ name: String, _ begin: Int, _ end: Int, shape: String = "[1]", type: String = "F32"
  ) -> String {
    #""\#(name)":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":[\#(begin),\#(end)]}"#
  }

  private func expect(
    _ error: SafetensorsError, _ bytes: [UInt8],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try writeQuickly(bytes, to: path)
    #expect(throws: error, sourceLocation: sourceLocation) { try Safetensors(path) }
    #expect(error.message.contains(path), sourceLocation: sourceLocation)
  }

  @Test("a false header length")
  func headerLength() throws {
    try expect(.tooShort(path: path, bytes: 0), [])
    try expect(.tooShort(path: path, bytes: 7), [1, 2, 3, 4, 5, 6, 7])
    for claimed in [3, 1 << 40, UInt64.max] {
      try expect(
        .headerLength(path: path, claimed: claimed, available: 2),
        safetensorsBytes("{}", claimed: claimed))
    }
    try expect(
      .headerTooLarge(path: path, claimed: 1 << 24 + 1, limit: 1 << 24),
      safetensorsBytes("{}", data: [UInt8](repeating: 32, count: 1 << 24 + 8), claimed: 1 << 24 + 1)
    )
  }

  @Test("a header that is no JSON object")
  func notJSON() throws {
    let start = SafetensorsError.header(path: path, reason: "it does not begin with '{'")
    let syntax = SafetensorsError.header(path: path, reason: "it is not valid JSON")
    try expect(start, safetensorsBytes(""))
    try expect(start, safetensorsBytes("[]"))
    try expect(syntax, safetensorsBytes("{"))
    try expect(syntax, safetensorsBytes(#"{"a":}"#))
    try expect(syntax, safetensorsBytes("{\"a\u{0}"))
    try expect(syntax, safetensorsBytes("{} x"))
    // Foundation's parser traps where the text ends with the 513th bracket.
    for depth in [300, 511, 512, 513, 2000] {
      try expect(syntax, safetensorsBytes("{\"a\":" + String(repeating: "[", count: depth)))
    }
    try expect(syntax, safetensorsBytes(String(repeating: #"{"a":"#, count: 100_000)))
  }

  @Test("the same name twice, however it is spelt")
  func duplicates() throws {
    let data = [UInt8](repeating: 0, count: 8)
    let first = entry("a", 0, 4)
    try expect(
      .duplicateName(path: path, tensor: "__metadata__"),
      safetensorsBytes(#"{"__metadata__":{},"__metadata__":{"a":"b"}}"#))
    for second in [entry("a", 4, 8), entry("\\u0061", 4, 8), entry("a", 0, 4)] {
      try expect(
        .duplicateName(path: path, tensor: "a"),
        safetensorsBytes("{\(first),\(second)}", data: data))
    }
  }

  @Test("ranges that overlap, leave gaps or leave the file")
  func ranges() throws {
    let data = [UInt8](repeating: 0, count: 8)
    try expect(
      .overlap(path: path, tensor: "b", other: "a"),
      safetensorsBytes("{\(entry("a", 0, 4)),\(entry("b", 2, 6))}", data: data))
    try expect(
      .gap(path: path, before: "a", bytes: 4),
      safetensorsBytes("{\(entry("a", 4, 8))}", data: data))
    try expect(
      .gap(path: path, before: nil, bytes: 4),
      safetensorsBytes("{\(entry("a", 0, 4))}", data: data))
    try expect(.gap(path: path, before: nil, bytes: 8), safetensorsBytes("{}", data: data))
    try expect(
      .outOfRange(path: path, tensor: "a", end: 12, available: 8),
      safetensorsBytes("{\(entry("a", 8, 12))}", data: data))
    for (begin, end) in [(4, 0), (-4, 0)] {
      try expect(
        .entry(path: path, tensor: "a", reason: "data_offsets [\(begin), \(end)] are not a range"),
        safetensorsBytes("{\(entry("a", begin, end))}", data: data))
    }
  }

  @Test("a shape that does not fit the bytes, is negative, or overflows")
  func shapes() throws {
    let data = [UInt8](repeating: 0, count: 8)
    try expect(
      .byteCount(path: path, tensor: "a", needed: 12, found: 8),
      safetensorsBytes("{\(entry("a", 0, 8, shape: "[3]"))}", data: data))
    try expect(
      .byteCount(path: path, tensor: "a", needed: 4, found: 7),
      safetensorsBytes("{\(entry("a", 0, 7))}", data: data))
    try expect(
      .entry(path: path, tensor: "a", reason: "shape [-1, -2] has a negative size"),
      safetensorsBytes("{\(entry("a", 0, 8, shape: "[-1,-2]"))}", data: data))
    for shape in ["[4611686018427387904, 4]", "[4294967296, 4294967296, 0]"] {
      try expect(
        .entry(path: path, tensor: "a", reason: "shape \(shape) is too large to be true"),
        safetensorsBytes("{\(entry("a", 0, 0, shape: shape))}"))
    }
    for shape in [
      "[1e30]", "[1.5]", "[99999999999999999999]", "[null]", "7", "\"x\"",
    ] {
      try AtomicFile.write(
        path, bytes: safetensorsBytes("{\(entry("a", 0, 4, shape: shape))}", data: [0, 0, 0, 0]))
      let error = #expect(throws: SafetensorsError.self) { try Safetensors(path) }
      #expect(error?.message.contains("tensor 'a'") == true, "\(shape)")
    }
  }

  @Test("an entry without its parts, and a number format that petl does not know")
  func entries() throws {
    try expect(
      .entry(path: path, tensor: "a", reason: "it has no 'dtype'"),
      safetensorsBytes(#"{"a":{"shape":[],"data_offsets":[0,0]}}"#))
    try expect(
      .elementType(path: path, tensor: "a", found: "F4"),
      safetensorsBytes("{\(entry("a", 0, 4, type: "F4"))}", data: [0, 0, 0, 0]))
    try expect(
      .entry(path: path, tensor: "a", reason: "data_offsets should be two numbers, found 1"),
      safetensorsBytes(#"{"a":{"dtype":"F32","shape":[0],"data_offsets":[0]}}"#))
    try expect(
      .entry(
        path: path, tensor: "a", reason: "'shape' should be a list of whole numbers, found 7"),
      safetensorsBytes("{\(entry("a", 0, 4, shape: "7"))}", data: [0, 0, 0, 0]))
    for header in [#"{"__metadata__":{"a":1}}"#, #"{"a":5}"#, #"{"a":null}"#] {
      try AtomicFile.write(path, bytes: safetensorsBytes(header))
      #expect(throws: SafetensorsError.self) { try Safetensors(path) }
    }
  }

  @Test("a file cut at any byte")
  func truncated() throws {
    try Safetensors.write(
      [.init("a", try Tensor([2])), .init("b", integers: [1], shape: [1])], metadata: ["k": "v"],
      to: path)
    let whole = try MappedFile(path).contents()
    for length in 0..<whole.count {
      try writeQuickly(Array(whole[..<length]), to: path)
      #expect(throws: SafetensorsError.self, "\(length) bytes") { try Safetensors(path) }
    }
  }
}
