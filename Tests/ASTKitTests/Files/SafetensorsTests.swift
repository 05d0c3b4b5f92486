import TestSupport
import Testing

@testable import ASTKit

/// The bytes of a safetensors file with this header text and data.
func safetensorsBytes(_ header: String, data: [UInt8] = [], claimed: UInt64? = nil) -> [UInt8] {
  let length = claimed ?? UInt64(header.utf8.count)
  return withUnsafeBytes(of: length.littleEndian, Array.init) + Array(header.utf8) + data
}

@Suite("Safetensors files")
struct SafetensorsTests {
  let folder: TemporaryFolder
  let path: String
  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("a.safetensors")
  }

  private func open(_ bytes: [UInt8]) throws -> Safetensors {
    try AtomicFile.write(path, bytes: bytes)
    return try Safetensors(path)
  }

  @Test("what is written is read back: floats, integers, empty tensors, metadata")
  func roundTrip() throws {
    let a = try Tensor([2, 3], values: [1, -2, 3.5, .infinity, 0, -0.0])
    try Safetensors.write(
      [
        .init("z.weight", a), .init("empty", try Tensor([0, 4])),
        .init("steps", integers: [-5], shape: []), .init("é\"/", try Tensor([], filledWith: 2)),
      ], metadata: ["format": "pt", "note": "a \"b\"\n"], to: path)
    let file = try Safetensors(path)
    #expect(file.names == ["steps", "z.weight", "empty", "é\"/"])
    #expect(file.metadata == ["format": "pt", "note": "a \"b\"\n"])
    #expect(try file.tensor("z.weight").values == a.values)
    #expect(file.shape(of: "empty") == [0, 4])
    #expect(try file.tensor("empty").count == 0)
    #expect(try file.integers("steps") == [-5])
    #expect(try file.tensor("steps").values == [-5])
    #expect(try file.tensor("é\"/").shape == [])
  }

  @Test("the same tensors give the same bytes, and the data begins at a multiple of 8")
  func deterministic() throws {
    let other = folder.file("b.safetensors")
    let items = try (0..<20).map { Safetensors.Item("layer.\($0)", try Tensor([3], filledWith: 1)) }
    for target in [path, other] {
      try Safetensors.write(items, metadata: ["b": "1", "a": "2"], to: target)
    }
    let bytes = try MappedFile(path).contents()
    #expect(try bytes == MappedFile(other).contents())
    #expect(bytes[0] % 8 == 0)
    #expect(try Safetensors(path).names == items.map(\.name))
  }

  @Test("floats are the file's own pages, and outlive the reader")
  func borrowed() throws {
    try Safetensors.write([.init("a", Tensor([1000], filledWith: 3))], to: path)
    let tensor = try Safetensors(path).tensor("a")
    #expect(tensor.values == [Float](repeating: 3, count: 1000))
    #expect(tensor.storage.isBorrowed)
    tensor.pointer[0] = 5
    #expect(try Safetensors(path).tensor("a").values[0] == 3)
  }

  @Test("floats at an odd address are copied")
  func unaligned() throws {
    let file = try open(
      safetensorsBytes(
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, data: [0, 0, 128, 63]))
    let tensor = try file.tensor("a")
    #expect(!tensor.storage.isBorrowed)
    #expect(tensor.values == [1])
  }

  @Test(
    "every number format is widened exactly",
    arguments: [
      ("F64", 8, [0, 0, 0, 0, 0, 0, 0xF8, 0x3F], Float(1.5)),
      ("F16", 2, [0x00, 0x3E], 1.5), ("F16", 2, [0x01, 0x80], -0x1p-24),
      ("F16", 2, [0x00, 0xFC], -.infinity), ("F16", 2, [0xFF, 0x7B], 65504),
      ("BF16", 2, [0xC0, 0x3F], 1.5), ("I64", 8, [254, 255, 255, 255, 255, 255, 255, 255], -2),
      ("I32", 4, [254, 255, 255, 255], -2), ("I16", 2, [254, 255], -2), ("I8", 1, [254], -2),
      ("U8", 1, [254], 254), ("U16", 2, [1, 1], 257), ("U32", 4, [1, 1, 0, 0], 257),
      ("U64", 8, [1, 1, 0, 0, 0, 0, 0, 0], 257), ("BOOL", 1, [2], 1),
    ] as [(String, Int, [UInt8], Float)])
  func elementTypes(_ type: String, _ size: Int, _ data: [UInt8], _ value: Float) throws {
    let file = try open(
      safetensorsBytes(
        #"{"a":{"dtype":"\#(type)","shape":[1],"data_offsets":[0,\#(size)]}}"#, data: data))
    #expect(try file.tensor("a").values == [value])
    if type.hasPrefix("F") || type == "BF16" {
      #expect(throws: TensorSourceError.self) { try file.integers("a") }
    } else {
      #expect(try file.integers("a") == [Int64(value)])
    }
  }

  @Test("a name that is not there is answered with the nearest")
  func noTensor() throws {
    try Safetensors.write([.init("layernorm.weight", Tensor([2]))], to: path)
    let error = #expect(throws: TensorSourceError.self) {
      try Safetensors(path).tensor("layernorm.weigth")
    }
    #expect(
      error?.description == "'\(path)' has no tensor 'layernorm.weigth'"
        + " (did you mean 'layernorm.weight'?)")
    #expect(throws: TensorSourceError.self) {
      try Safetensors(path).tensor("layernorm.weight", shape: [3])
    }
  }

  @Test("the writer refuses a name given twice, a reserved name, and a false count")
  func writerRefusals() throws {
    let a = Safetensors.Item("a", try Tensor([1]))
    #expect(throws: SafetensorsError.duplicateName(path: path, tensor: "a")) {
      try Safetensors.write([a, a], to: path)
    }
    #expect(throws: SafetensorsError.name(path: path, tensor: "__metadata__")) {
      try Safetensors.write([.init("__metadata__", Tensor([1]))], to: path)
    }
    #expect(throws: SafetensorsError.byteCount(path: path, tensor: "n", needed: 16, found: 8)) {
      try Safetensors.write([.init("n", integers: [1], shape: [2])], to: path)
    }
    #expect(throws: FileError.missing(path: path)) { try Safetensors(path) }
  }
}
