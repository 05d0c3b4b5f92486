import ASTKit

/// Files of tensors: header, offsets, types, shapes, data.
package final class SafetensorsTarget: FuzzTarget {
  package static let name = "safetensors"
  package static let summary = "safetensors files: header, offsets, shapes, data"

  private let scratch: Scratch
  private let samples: [SafetensorsParts]

  package init(_ scratch: Scratch) throws {
    self.scratch = scratch
    let data = (0..<48).map { UInt8($0) }
    samples = [
      SafetensorsParts(
        header: #"{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"#
          + #""b":{"dtype":"F16","shape":[4],"data_offsets":[24,32]},"#
          + #""c":{"dtype":"I64","shape":[],"data_offsets":[32,40]},"#
          + #""d":{"dtype":"BOOL","shape":[8,1],"data_offsets":[40,48]},"#
          + #""__metadata__":{"format":"pt"}}   "#, data: data),
      SafetensorsParts(
        header: #"{"x":{"dtype":"BF16","shape":[3,2,2],"data_offsets":[0,24]},"#
          + #""empty":{"dtype":"F64","shape":[0,5],"data_offsets":[24,24]},"#
          + #""y":{"dtype":"F64","shape":[1,3],"data_offsets":[24,48]}}"#, data: data),
      SafetensorsParts(header: "{}", data: []),
    ]
  }

  package var validCount: Int { samples.count }

  package func input(_ number: Int, _ random: inout FuzzRandom) -> FuzzInput {
    if number < samples.count { return FuzzInput("x.safetensors", samples[number].bytes) }
    if number % 16 == 15 {
      return FuzzInput(
        "x.safetensors", ByteMutation.cut(samples[number / 16 % 2].bytes, turn: number / 32))
    }
    return FuzzInput("x.safetensors", random.pick(samples).changed(&random))
  }

  package func read(_ input: FuzzInput) throws -> Int {
    try TensorDigest.of(Safetensors(scratch.write("x.safetensors", input.files[0].bytes)))
  }

  package func checkValid() throws {
    let file = try Safetensors(scratch.write("x.safetensors", samples[0].bytes))
    guard file.names == ["a", "b", "c", "d"], file.shape(of: "a") == [2, 3],
      try file.integers("c") == [0x2726_2524_2322_2120], file.metadata == ["format": "pt"],
      try file.tensor("d").values == [Float](repeating: 1, count: 8)
    else { throw BrokenPromise("a valid file reads wrong") }
  }
}
