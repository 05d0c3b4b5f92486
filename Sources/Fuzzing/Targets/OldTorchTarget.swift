import ASTKit

/// Files of `torch.save` before PyTorch 1.6: several pickles, then the storages.
package final class OldTorchTarget: FuzzTarget {
  package static let name = "oldtorch"
  package static let summary = "torch.save's files before PyTorch 1.6"

  private let scratch: Scratch
  private let pickles: [Pickle]
  private let storages: [UInt8]
  private let whole: SampleSet

  package init(_ scratch: Scratch) throws {
    self.scratch = scratch
    let magic: [UInt8] = [0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
    pickles = [
      Pickle([Pickle.protocol2, magic, Pickle.stop]),
      Pickle([Pickle.protocol2, [0x4D, 0xE9, 3], Pickle.stop]),
      Pickle(
        [
          Pickle.protocol2, [0x7D], Pickle.put(0), Pickle.mark, Pickle.text("protocol_version"),
          [0x4D, 0xE9, 3], Pickle.text("little_endian"), [0x88], [0x75], Pickle.stop,
        ]),
      Pickle.stateDictionary(old: true),
      Pickle(
        [
          Pickle.protocol2, [0x5D], Pickle.mark, Pickle.text("0"), Pickle.text("1"),
          Pickle.text("2"), [0x65], Pickle.stop,
        ]),
    ]
    func storage(_ count: Int, _ data: [UInt8]) -> [UInt8] { Pickle.little(Int64(count)) + data }
    storages =
      storage(6, (0..<24).map { UInt8($0) }) + storage(2, [0, 0x3E, 0, 0xC0])
      + storage(1, [7, 0, 0, 0, 0, 0, 0, 0])
    let start = pickles.reduce(0) { $0 + $1.bytes.count }
    var layout = Layout()
    for offset in [0, 32, 44] { layout.add(start + offset, 8) }
    layout.addHeader(0..<start)
    whole = SampleSet([SampleSet.Sample(pickles.flatMap(\.bytes) + storages, layout)])
  }

  package var validCount: Int { 1 }

  package func input(_ number: Int, _ random: inout FuzzRandom) -> FuzzInput {
    if number < 1 || number % 16 == 15 || random.chance(25) {
      return FuzzInput("x.pth", whole.bytes(number, &random))
    }
    var pickles = pickles
    let at = random.chance(60) ? 3 : random.below(pickles.count)
    pickles[at] = pickles[at].changed(&random)
    var end = storages
    if random.chance(25) { ByteMutation.addNoise(&end, &random) }
    return FuzzInput("x.pth", pickles.flatMap(\.bytes) + end)
  }

  package func read(_ input: FuzzInput) throws -> Int {
    try TensorDigest.of(TorchFile(scratch.write("x.pth", input.files[0].bytes)))
  }

  package func checkValid() throws {
    let file = try TorchFile(scratch.write("x.pth", whole.samples[0].bytes))
    guard file.names == ["a", "t", "part", "half", "n"], try file.integers("n") == [7],
      try file.tensor("half").values == [1.5, -2]
    else { throw BrokenPromise("a valid file reads wrong") }
  }
}
