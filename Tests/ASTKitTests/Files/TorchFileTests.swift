import ASTKit
import Glibc
import TestSupport
import Testing

@Suite("Files of torch.save")
struct TorchFileTests {
  let folder: TemporaryFolder
  let path: String
  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("a.bin")
  }

  private func open(_ bytes: [UInt8]) throws -> TorchFile {
    try writeQuickly(bytes, to: path)
    return try TorchFile(path)
  }

  /// The error that opening a file gives, if it is one of petl's own.
  private func refusal(_ open: () throws -> TorchFile) -> (any DescribedError)? {
    do {
      _ = try open()
      return nil
    } catch {
      return error as? any DescribedError
    }
  }

  private func fourFloats() -> [UInt8] {
    [Float(1), 2, 3, 4].withUnsafeBytes(Array.init)
  }

  @Test("PyTorch's own files, in the format of today and the one before 1.6")
  func realFiles() throws {
    for bytes in [TorchFixtures.new, TorchFixtures.old] {
      let file = try open(bytes)
      #expect(file.names == ["a", "t", "part", "half", "n", "p"])
      #expect(file.otherKeys == ["epoch"])
      #expect(try file.tensor("a").values == [0, 1, 2, 3, 4, 5])
      #expect(file.shape(of: "a") == [2, 3])
      #expect(file.shape(of: "t") == [3, 2])
      #expect(try file.tensor("t").values == [0, 3, 1, 4, 2, 5])
      #expect(try file.tensor("part").values == [4, 5])
      #expect(try file.tensor("half").values == [1.5, -2])
      #expect(file.elementType(of: "half") == .float16)
      #expect(try file.integers("n") == [7])
      #expect(try file.tensor("p").values == [0.5])
      #expect(throws: TensorSourceError.self) { try file.tensor("q") }
      #expect(throws: TensorSourceError.self) { try file.integers("a") }
    }
  }

  @Test("the older format in every version of the pickle language")
  func pickleProtocols() throws {
    let number = Array(TorchFixtures.old[2..<15])
    let rest = Array(TorchFixtures.old[15...])
    for header in [
      [0x80, 3], [0x80, 4, 0x95, 13, 0, 0, 0, 0, 0, 0, 0],
      [0x80, 5, 0x95, 13, 0, 0, 0, 0, 0, 0, 0],
    ] as [[UInt8]] {
      let file = try open(header + number + rest)
      #expect(try file.tensor("a").values == [0, 1, 2, 3, 4, 5])
      #expect(try TensorFile.open(path).names == file.names)
    }
    #expect(refusal { try open([0x80, 6] + number + rest) } != nil)
  }

  @Test("views that repeat their elements are read as far as memory is in proportion")
  func expanded() throws {
    func file(_ shape: [Int64], _ strides: [Int64]) throws -> TorchFile {
      try open(
        ArchiveWriter.torch(
          PickleWriter.dictionary(PickleWriter.tensor(shape: shape, strides: strides)),
          storages: [fourFloats()]))
    }
    #expect(try file([5], [0]).tensor("w").values == [1, 1, 1, 1, 1])
    #expect(try file([2, 4], [0, 1]).tensor("w").values == [1, 2, 3, 4, 1, 2, 3, 4])
    #expect(throws: TorchFileError.self) { try file([1 << 20], [0]) }
    #expect(throws: TorchFileError.self) { try file([1 << 40, 1 << 20], [0, 0]) }
  }

  @Test("a file cut at any byte is an error")
  func truncated() throws {
    for bytes in [TorchFixtures.new, TorchFixtures.old] {
      try writeQuickly(bytes, to: path)
      for length in (0..<bytes.count).reversed() {
        truncate(path, length)
        let error = refusal { try TorchFile(path) }
        #expect(error?.message.contains(path) == true, "\(length) bytes")
      }
    }
  }

  @Test("a file with one byte changed is read or refused, and nothing worse")
  func damaged() throws {
    var random = RandomSource(seed: 1)
    for bytes in [TorchFixtures.new, TorchFixtures.old] {
      try writeQuickly(bytes, to: path)
      let file = Glibc.open(path, O_WRONLY)
      defer { close(file) }
      for position in 0..<bytes.count {
        var byte = bytes[position] ^ UInt8(1 + random.below(255))
        pwrite(file, &byte, 1, position)
        do {
          let file = try TorchFile(path)
          for name in file.names {
            _ = try file.tensor(name)
            _ = try? file.integers(name)
          }
        } catch is any DescribedError {
        }
        byte = bytes[position]
        pwrite(file, &byte, 1, position)
      }
    }
  }

  @Test("a state dict by itself, or under a usual name in a dictionary or two")
  func wrappers() throws {
    let tensor = PickleWriter.tensor(shape: [2, 2], strides: [2, 1])
    let inner = [0x7d] + PickleWriter.text("w") + tensor + [0x73]
    for keys in [[], ["state_dict"], ["module", "model"]] {
      var pickle = inner
      for key in keys { pickle = [0x7d] + PickleWriter.text(key) + pickle + [0x73] }
      let file = try open(ArchiveWriter.torch(pickle + [0x2e], storages: [fourFloats()]))
      #expect(try file.tensor("w").values == [1, 2, 3, 4])
      #expect(file.otherKeys == [])
    }
    let odd = [0x7d] + PickleWriter.text("optimizer") + inner + [0x73, 0x2e]
    #expect(throws: TorchFileError.noTensors(path: path, found: ["optimizer"])) {
      try open(ArchiveWriter.torch(odd, storages: [fourFloats()]))
    }
  }

  @Test("shapes, strides and offsets that lie")
  func lyingTensors() throws {
    let huge = Int64.max
    let lies: [(offset: Int64, shape: [Int64], strides: [Int64])] = [
      (0, [5], [1]), (1, [4], [1]), (huge, [1], [1]), (0, [2], [huge]), (0, [huge, 4], [4, 1]),
      (0, [huge], [0]), (3, [2], [huge - 2]),
      (0, [1 << 40, 1 << 40, 0], [1, 1, 1]),
      (0, [-1], [1]), (-1, [1], [1]), (0, [2], [-1]), (0, [2, 2], [1]),
    ]
    for lie in lies {
      let pickle = PickleWriter.dictionary(
        PickleWriter.tensor(offset: lie.offset, shape: lie.shape, strides: lie.strides))
      let bytes = ArchiveWriter.torch(pickle, storages: [fourFloats()])
      #expect(refusal { try open(bytes) } != nil, "\(lie)")
    }
    // Strange, but true: the stride of a dimension of size 1 or 0 says nothing.
    for (shape, count) in [([1, 4], 4), ([0, 1 << 61, 1 << 61], 0)] as [([Int64], Int)] {
      let strides = shape.map { $0 == 4 ? Int64(1) : huge }
      let file = try open(
        ArchiveWriter.torch(
          PickleWriter.dictionary(PickleWriter.tensor(shape: shape, strides: strides)),
          storages: [fourFloats()]))
      #expect(try file.tensor("w").count == count)
    }
  }

  @Test("views that together claim far more than the file holds")
  func manyViews() throws {
    // Each transposed view would be a copy of the whole storage.
    let storage = [UInt8](repeating: 0, count: 40_000)
    var pickle: [UInt8] = [0x80, 2, 0x7d]
    for i in 0..<200 {
      pickle +=
        PickleWriter.text("w\(i)")
        + PickleWriter.tensor(numel: 10_000, shape: [100, 100], strides: [1, 100]) + [0x73]
    }
    let error = #expect(throws: TorchFileError.self) {
      try open(ArchiveWriter.torch(pickle + [0x2e], storages: [storage]))
    }
    guard case .amount = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("archives that lie")
  func lyingArchives() throws {
    let pickle = PickleWriter.dictionary(PickleWriter.tensor(shape: [4], strides: [1]))
    func archive(_ change: (inout ArchiveWriter) -> Void) -> ArchiveWriter {
      var writer = ArchiveWriter()
      writer.add("a/data.pkl", pickle)
      change(&writer)
      return writer
    }
    let good = archive { $0.add("a/data/0", fourFloats()) }
    #expect(try open(good.finish()).names == ["w"])
    let bad: [(String, [UInt8])] = [
      ("count", good.finish(count: 3)), ("offset", good.finish(offset: .max)),
      ("no storage", archive { _ in }.finish()),
      ("size", archive { $0.add("a/data/0", fourFloats(), claimed: 1 << 30) }.finish()),
      ("short", archive { $0.add("a/data/0", Array(fourFloats().dropLast())) }.finish()),
      ("deflate", archive { $0.add("a/data/0", fourFloats(), method: 8) }.finish()),
      ("two pickles", archive { $0.add("b/data.pkl", pickle) }.finish()),
      ("twice", archive { for _ in 0..<2 { $0.add("a/data/0", fourFloats()) } }.finish()),
      ("order", archive { $0.add("a/byteorder", Array("big".utf8)) }.finish()),
      ("no archive", Array("hello".utf8)), ("empty", []),
    ]
    for (what, bytes) in bad {
      #expect(throws: TorchFileError.self, "\(what)") { try open(bytes) }
    }
  }
}
