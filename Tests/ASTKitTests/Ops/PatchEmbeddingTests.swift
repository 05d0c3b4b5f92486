import ASTKit
import TestSupport
import Testing

struct PatchEmbeddingTests {
  @Test("patches overlap, frequency-major, each mel-major inside")
  func patches() throws {
    let x = DoubleTensor.random([2, 9, 7], seed: 1)
    let (patch, across, along) = (3, 2, 4)
    let y = try Tape(.inference).unfoldPatches(
      x.tensor, patch: patch, frequencyStride: across, timeStride: along)
    #expect(y.shape == [2, 3 * 2, 9])
    let found = DoubleTensor(y)
    for b in 0..<2 {
      for f in 0..<3 {
        for t in 0..<2 {
          for i in 0..<9 {
            let (mel, frame) = (f * across + i / patch, t * along + i % patch)
            #expect(found[b, f * 2 + t, i] == x[b, frame, mel])
          }
        }
      }
    }
  }

  @Test("a spectrogram smaller than a patch is refused")
  func tooSmall() {
    #expect(throws: EngineError.self) {
      try Tape(.inference).unfoldPatches(
        try Tensor([1, 2, 9]), patch: 3, frequencyStride: 1, timeStride: 1)
    }
  }
}
