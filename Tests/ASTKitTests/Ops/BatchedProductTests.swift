import ASTKit
import TestSupport
import Testing

struct BatchedProductTests {
  /// Which factors have a batch, and which are transposed.
  struct Case: Sendable, CustomTestStringConvertible {
    var batches: (Bool, Bool)
    var transposed: (Bool, Bool)
    var testDescription: String { "batches \(batches), transposed \(transposed)" }
  }

  static let cases = [(true, true), (true, false), (false, true), (false, false)].flatMap { b in
    [(false, false), (true, false), (false, true), (true, true)].map {
      Case(batches: b, transposed: $0)
    }
  }

  @Test("every combination of shared and transposed factors", arguments: cases)
  func values(_ c: Case) throws {
    let (m, k, n) = (4, 3, 5)
    let left = c.transposed.0 ? [k, m] : [m, k]
    let right = c.transposed.1 ? [n, k] : [k, n]
    let inputs: KeyValuePairs<String, DoubleTensor> = [
      "a": .random((c.batches.0 ? [2] : []) + left, seed: 1),
      "c": .random((c.batches.1 ? [2] : []) + right, seed: 2),
    ]
    #expect(
      try gradientMismatches(inputs) {
        try $0.batchedProduct(
          $1[0], transposed: c.transposed.0, $1[1], transposed: c.transposed.1)
      } reference: {
        Naive.product(
          c.transposed.0 ? Naive.transposed($0[0]) : $0[0],
          c.transposed.1 ? Naive.transposed($0[1]) : $0[1])
      } == [])
  }

  @Test("inner sizes and batches that differ are refused")
  func wrongShapes() {
    let tape = Tape(.inference)
    #expect(throws: EngineError.self) {
      try tape.batchedProduct(Tensor([2, 3, 4]), Tensor([2, 5, 4]))
    }
    #expect(throws: EngineError.self) {
      try tape.batchedProduct(Tensor([2, 3, 4]), Tensor([3, 4, 5]))
    }
  }
}
