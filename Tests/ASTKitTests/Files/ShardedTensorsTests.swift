import ASTKit
import TestSupport
import Testing

@Suite("Models in several files, and in folders")
struct ShardedTensorsTests {
  let folder: TemporaryFolder
  let index: String
  init() throws {
    folder = try TemporaryFolder()
    index = folder.file("model.safetensors.index.json")
    try Safetensors.write(
      [.init("a", try Tensor([2], filledWith: 1))], metadata: ["format": "pt"],
      to: folder.file("1.safetensors"))
    try Safetensors.write(
      [.init("b", try Tensor([3], filledWith: 2)), .init("n", integers: [4], shape: [])],
      to: folder.file("2.safetensors"))
  }

  private func write(_ map: [String: JSONValue]) throws {
    try JSONFile.write(["weight_map": .object(map), "metadata": ["total_size": 20]], to: index)
  }

  @Test("tensors are found through the index, in the order of the files")
  func reads() throws {
    try write(["b": "2.safetensors", "a": "1.safetensors", "n": "2.safetensors"])
    for path in [index, folder.path] {
      let source = try TensorFile.open(path)
      #expect(source.names == ["a", "n", "b"])
      #expect(source.metadata == ["format": "pt"])
      #expect(try source.tensor("b").values == [2, 2, 2])
      #expect(try source.integers("n") == [4])
      #expect(source.shape(of: "a") == [2])
      #expect(throws: TensorSourceError.self) { try source.tensor("c") }
    }
  }

  @Test("an index that contradicts its files")
  func contradictions() throws {
    try write([:])
    #expect(throws: ShardedTensorsError.empty(path: index)) { try ShardedTensors(index) }
    try write(["a": "1.safetensors", "c": "2.safetensors"])
    #expect(
      throws: ShardedTensorsError.notInShard(path: index, tensor: "c", shard: "2.safetensors")
    ) { try ShardedTensors(index) }
    try write(["a": "1.safetensors", "b": "2.safetensors"])
    #expect(
      throws: ShardedTensorsError.unlisted(path: index, tensor: "n", shard: "2.safetensors")
    ) { try ShardedTensors(index) }
    try write(["a": "3.safetensors"])
    #expect(throws: FileError.self) { try ShardedTensors(index) }
    // The last is the index itself.
    let names: [JSONValue] = [
      "../1.safetensors", "/etc/passwd", "", "..", 5, "model.safetensors.index.json",
    ]
    for name in names {
      try write(["a": name])
      #expect(throws: ShardedTensorsError.self) { try ShardedTensors(index) }
    }
  }

  @Test("the format is told by the bytes, and an empty folder says what it lacks")
  func formats() throws {
    try AtomicFile.write(folder.file("x.ckpt"), bytes: TorchFixtures.new)
    #expect(try TensorFile.open(folder.file("x.ckpt")) is TorchFile)
    let bin = folder.file("y.bin")
    try AtomicFile.write(bin, bytes: [0x80, 2, 0x7d, 0x2e])
    #expect(throws: TorchFileError.notTorch(path: bin)) { try TensorFile.open(bin) }
    try AtomicFile.write(bin, text: "cos\nsystem\n(S'touch /tmp/x'\ntR.")
    #expect(throws: PickleError(path: bin, offset: 0, reason: .global("os.system"))) {
      try TensorFile.open(bin)
    }
    try Safetensors.write([], to: bin)
    #expect(try TensorFile.open(bin) is Safetensors)
    #expect(throws: FileError.missing(path: folder.file("z"))) {
      try TensorFile.open(folder.file("z"))
    }
    #expect(throws: FileError.self) { try TensorFile.open(TemporaryFolder().path) }
  }
}
