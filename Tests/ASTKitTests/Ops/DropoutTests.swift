import ASTKit
import TestSupport
import Testing

struct DropoutTests {
  private let x = DoubleTensor.random([40, 500], seed: 1, in: 1...2)

  @Test("drops about p of the elements and scales the others by 1 / (1 - p)")
  func rate() throws {
    let y = try Tape(.training).dropout(x.tensor, probability: 0.3)
    let dropped = y.values.filter { $0 == 0 }.count
    // 20 000 elements: the standard deviation is 65.
    #expect(abs(dropped - 6000) < 330)
    for (a, b) in zip(x.values, y.values) where b != 0 {
      #expect(abs(Double(b) - a / 0.7) < 1e-5)
    }
  }

  @Test("the gradient passes through the same mask")
  func gradient() throws {
    let parameter = Parameter("x", x.tensor)
    parameter.isTrainable = true
    let tape = Tape(.training)
    let y = try tape.dropout(parameter.value, probability: 0.5)
    let kept = y.values.map { $0 != 0 }
    try tape.backward(from: y)
    #expect(parameter.gradient?.values == kept.map { $0 ? 2 : 0 })
  }

  @Test("the seed fixes the mask, and each call draws another")
  func seeds() throws {
    func masks(_ seed: UInt64) throws -> [[Float]] {
      let tape = Tape(.training, random: RandomSource(seed: seed))
      return try (0..<2).map { _ in try tape.dropout(x.tensor, probability: 0.5).values }
    }
    let first = try masks(3)
    #expect(try masks(3) == first)
    #expect(try masks(4) != first)
    #expect(first[0] != first[1])
  }

  @Test("parts worked on by different threads have different masks")
  func threads() throws {
    let half = 40_000
    let y = try Tape(.training).dropout(
      try Tensor([2, half], filledWith: 1), probability: 0.5
    ).values
    #expect(y[..<half] != y[half...])
  }

  @Test("inference and p = 0 change nothing; p = 1 drops everything")
  func ends() throws {
    #expect(try Tape(.inference).dropout(x.tensor, probability: 0.5).values == x.tensor.values)
    #expect(try Tape(.training).dropout(x.tensor, probability: 0).values == x.tensor.values)
    let y = try Tape(.training).dropout(x.tensor, probability: 1)
    #expect(y.values.allSatisfy { $0 == 0 })
    #expect(throws: EngineError.self) {
      try Tape(.training).dropout(x.tensor, probability: 1.5)
    }
  }
}
