import ASTKit

/// Files of `torch.save`: the archive's records and the pickle's instructions.
package final class TorchTarget: FuzzTarget {
  package static let name = "torch"
  package static let summary = "torch.save's archives: pickle instructions, records"

  private let scratch: Scratch
  private let pickle = Pickle.stateDictionary(old: false)
  private let archives: SampleSet

  package init(_ scratch: Scratch) throws {
    self.scratch = scratch
    let pickle = pickle.bytes
    archives = SampleSet(
      [false, true].map { is64Bit in
        let (bytes, layout) = Self.archive(pickle, is64Bit: is64Bit).made()
        return SampleSet.Sample(bytes, layout)
      })
  }

  private static func archive(_ pickle: [UInt8], is64Bit: Bool) -> ZipArchive {
    ZipArchive(
      [
        ("a/data.pkl", pickle), ("a/byteorder", Array("little".utf8)),
        ("a/data/0", (0..<24).map { UInt8($0) }), ("a/data/1", [0, 0x3E, 0, 0xC0]),
        ("a/data/2", [7, 0, 0, 0, 0, 0, 0, 0]), ("a/version", [0x33]),
      ], is64Bit: is64Bit)
  }

  package var validCount: Int { archives.count }

  package func input(_ number: Int, _ random: inout FuzzRandom) -> FuzzInput {
    // The archive is a target of its own: here mostly what it holds.
    if number < validCount || number % 16 == 15 || random.chance(20) {
      return FuzzInput("x.pth", archives.bytes(number, &random))
    }
    let pickle = pickle.changed(&random).bytes
    return FuzzInput("x.pth", Self.archive(pickle, is64Bit: random.chance(10)).made().bytes)
  }

  package func read(_ input: FuzzInput) throws -> Int {
    try TensorDigest.of(TorchFile(scratch.write("x.pth", input.files[0].bytes)))
  }

  package func checkValid() throws {
    for sample in archives.samples {
      let file = try TorchFile(scratch.write("x.pth", sample.bytes))
      guard file.names == ["a", "t", "part", "half", "n"], file.otherKeys == ["epoch"],
        file.shape(of: "t") == [3, 2], try file.tensor("half").values == [1.5, -2],
        try file.integers("n") == [7]
      else { throw BrokenPromise("a valid file reads wrong") }
    }
  }
}
