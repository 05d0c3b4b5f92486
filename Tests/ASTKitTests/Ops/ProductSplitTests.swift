import TestSupport
import Testing

@testable import ASTKit

/// A product has the same bytes for any number of threads, and is the product.
struct ProductSplitTests {
  /// Tall, wide, with ends that fill no tile, longer than OpenBLAS takes in one go, and small.
  static let shapes = [
    (590, 96, 384), (768, 200, 300), (97, 301, 411), (96, 768, 590), (8, 768, 1180), (5, 900, 777),
    (2000, 9, 200), (10_007, 17, 40), (385, 385, 33), (264, 10, 10),
  ]

  @Test("one to nine threads give the same bytes", arguments: shapes)
  func threads(m: Int, n: Int, k: Int) throws {
    try OpenBLAS.prepare()
    let a = DoubleTensor.random([m * k], seed: 1).tensor
    let b = DoubleTensor.random([k * n], seed: 2).tensor
    for forms in [(false, false), (false, true), (true, false), (true, true)] {
      func product(_ threads: Int) throws -> [UInt32] {
        // Something to add to, so that the added factor is tried as well.
        let c = try Tensor([m, n], filledWith: 0.25)
        MatrixProduct.multiply(
          m: m, n: n, k: k, a.pointer, forms.0 ? .transposed : .plain, lda: forms.0 ? m : k,
          b.pointer, forms.1 ? .transposed : .plain, ldb: forms.1 ? k : n, beta: 1,
          into: c.pointer, ldc: n, threads: threads)
        return c.values.map(\.bitPattern)
      }
      let one = try product(1)
      for threads in [2, 3, 5, 9] {
        #expect(try product(threads) == one, "\(threads) threads, \(forms)")
      }
      for (i, j) in [(0, 0), (m - 1, n - 1), (m / 2, n / 3), (m - 1, 0), (min(m - 1, 48), n / 2)] {
        var sum = 0.25
        for x in 0..<k {
          let left = a.pointer[forms.0 ? x * m + i : i * k + x]
          sum += Double(left) * Double(b.pointer[forms.1 ? j * k + x : x * n + j])
        }
        #expect(abs(Double(Float(bitPattern: one[i * n + j])) - sum) < 1e-3)
      }
    }
  }

  @Test("every element of C lies in one piece", arguments: shapes, [true, false])
  func cover(shape: (m: Int, n: Int, k: Int), free: Bool) {
    for threads in [1, 2, 3, 16, 64] {
      let split = ProductSplit(
        m: shape.m, n: shape.n, k: shape.k, threads: threads, cutsRowsFreely: free)
      #expect(split.rows.flatMap { Array($0) } == Array(0..<shape.m))
      #expect(split.columns.flatMap { Array($0) } == Array(0..<shape.n))
    }
  }

  /// What a processor gets whose kernel shows the cuts.
  @Test("without free cuts the pieces do not depend on the threads", arguments: shapes)
  func fixedCuts(m: Int, n: Int, k: Int) {
    let one = ProductSplit(m: m, n: n, k: k, threads: 1, cutsRowsFreely: false)
    for threads in 2...64 {
      let split = ProductSplit(m: m, n: n, k: k, threads: threads, cutsRowsFreely: false)
      #expect(split.rows == one.rows && split.columns == one.columns)
    }
  }

  @Test("a tall product gives every thread its share")
  func shares() {
    for threads in 1...16 {
      let split = ProductSplit(m: 4720, n: 768, k: 768, threads: threads, cutsRowsFreely: true)
      #expect(split.count == threads)
      let sizes = split.rows.map(\.count)
      #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 2 * ProductSplit.unit)
    }
  }
}
