import ASTKit

/// A model in several files: the index, and the files it names.
package final class ShardsTarget: FuzzTarget {
  package static let name = "shards"
  package static let summary = "an index and the files of tensors it names"

  private static let index = "model.safetensors.index.json"
  private let scratch: Scratch
  private let valid: FuzzInput

  package init(_ scratch: Scratch) throws {
    self.scratch = scratch
    func shard(_ names: [String]) -> [UInt8] {
      let entries = names.enumerated().map { i, name in
        #""\#(name)":{"dtype":"F32","shape":[2],"data_offsets":[\#(8 * i),\#(8 * i + 8)]}"#
      }
      return SafetensorsParts(
        header: "{\(entries.joined(separator: ","))}",
        data: [UInt8](repeating: 1, count: 8 * names.count)
      ).bytes
    }
    valid = FuzzInput([
      (
        Self.index,
        Array(
          (#"{"metadata":{"total_size":24},"weight_map":{"a":"1.safetensors","#
            + #""b":"1.safetensors","c":"2.safetensors"}}"#).utf8)
      ),
      ("1.safetensors", shard(["a", "b"])), ("2.safetensors", shard(["c"])),
    ])
  }

  package var validCount: Int { 1 }

  package func input(_ number: Int, _ random: inout FuzzRandom) -> FuzzInput {
    var input = valid
    if number == 0 { return input }
    if number % 16 == 15 {
      input.files[0].bytes = ByteMutation.cut(input.files[0].bytes, turn: number / 16)
    } else if random.chance(75) {
      JSONMutation.apply(to: &input.files[0].bytes, &random)
    } else {
      let file = 1 + random.below(2)
      input.files[file].bytes = SafetensorsParts(input.files[file].bytes).changed(&random)
    }
    return input
  }

  package func read(_ input: FuzzInput) throws -> Int {
    try TensorDigest.of(ShardedTensors("\(scratch.write(input, to: "model"))/\(Self.index)"))
  }
}
