import ASTKit
import Foundation
import TestSupport
import Testing

/// Activations against their formulas in double precision, and their gradients against finite
/// differences.
struct ActivationTests {
  /// Values on both sides of 0 and none at ReLU's kink.
  private let x = DoubleTensor.random([3, 5, 7], seed: 1, in: -6...6)

  @Test("ReLU")
  func relu() throws {
    #expect(
      try gradientMismatches(["x": x]) {
        try $0.relu($1[0])
      } reference: {
        $0[0].map { max($0, 0) }
      }
        == [])
  }

  @Test("sigmoid")
  func sigmoid() throws {
    #expect(
      try gradientMismatches(["x": x]) {
        try $0.sigmoid($1[0])
      } reference: {
        $0[0].map(Naive.sigmoid)
      } == [])
  }

  @Test("tanh")
  func hyperbolicTangent() throws {
    #expect(
      try gradientMismatches(["x": x]) {
        try $0.tanh($1[0])
      } reference: {
        $0[0].map { Foundation.tanh($0) }
      }
        == [])
  }

  @Test("SiLU is x times sigmoid(x)")
  func silu() throws {
    #expect(
      try gradientMismatches(["x": x]) {
        try $0.silu($1[0])
      } reference: {
        $0[0].map { $0 * Naive.sigmoid($0) }
      } == [])
  }

  @Test("QuickGELU is x times sigmoid(1.702 x)")
  func quickGELU() throws {
    #expect(
      try gradientMismatches(["x": x]) {
        try $0.quickGELU($1[0])
      } reference: {
        $0[0].map { $0 * Naive.sigmoid(1.702 * $0) }
      } == [])
  }

  @Test("NaN goes in, NaN comes out; the far ends do not overflow")
  func specialValues() throws {
    let tape = Tape(.inference, recording: false)
    let x = try Tensor([4], values: [.nan, -1000, 1000, 0])
    for y in try [tape.relu(x), tape.sigmoid(x), tape.tanh(x), tape.silu(x), tape.quickGELU(x)] {
      #expect(y.values[0].isNaN)
      #expect(y.values[1...].allSatisfy { $0.isFinite })
    }
    #expect(try tape.sigmoid(x).values[1...] == [0, 1, 0.5])
    #expect(try tape.tanh(x).values[1...] == [-1, 1, 0])
  }

  @Test("a tensor long enough to be split over threads gives what a short one gives")
  func threads() throws {
    let tape = Tape(.inference, recording: false)
    let long = DoubleTensor.random([70_001], seed: 2, in: -5...5).tensor
    let y = try tape.silu(long)
    for i in stride(from: 0, to: long.count, by: 6_999) {
      let one = try tape.silu(Tensor([1], values: [long.pointer[i]]))
      #expect(y.values[i] == one.values[0])
    }
  }
}
