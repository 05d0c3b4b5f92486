import CKernels
import Foundation
import Testing

/// The polynomials of `vector_math.h` against the double-precision functions of libm.
struct VectorFunctionsTests {
  typealias Kernel = (UnsafeMutablePointer<Float>?, UnsafePointer<Float>?, Int) -> Void

  /// Every 65 521st of all 2^32 floats, so all exponents, both signs, denormals and NaNs.
  private static let inputs: [Float] =
    stride(from: 0, to: 1 << 32, by: 65_521).map {
      Float(bitPattern: UInt32($0))
    } + (-4000...4000).map { Float($0) / 400 }

  private static func evaluate(_ kernel: Kernel, _ inputs: [Float] = inputs) -> [Float] {
    var y = [Float](repeating: 0, count: inputs.count)
    kernel(&y, inputs, inputs.count)
    return y
  }

  /// How many inputs give other bits, the sign apart, when their sign is turned.
  private static func unevenCount(_ kernel: Kernel) -> Int {
    let numbers = inputs.filter { !$0.isNaN }
    let mirrored = evaluate(kernel, numbers.map { -$0 })
    return zip(evaluate(kernel, numbers), mirrored).count { (-$0).bitPattern != $1.bitPattern }
  }

  /// The largest errors of `kernel`: absolute, and in units of the last place of the result.
  private static func errors(
    _ kernel: Kernel, _ exact: (Double) -> Double
  ) -> (absolute: Double, ulps: Double, wrongSpecials: Int) {
    var (absolute, ulps, wrong) = (0.0, 0.0, 0)
    for (x, y) in zip(inputs, evaluate(kernel)) {
      let expected = exact(Double(x))
      let rounded = Float(expected)
      if !rounded.isFinite || !y.isFinite {
        if rounded.isNaN ? !y.isNaN : y != rounded { wrong += 1 }
        continue
      }
      let error = abs(Double(y) - expected)
      absolute = max(absolute, error)
      ulps = max(ulps, error / Double(max(rounded.magnitude.ulp, .leastNonzeroMagnitude)))
    }
    return (absolute, ulps, wrong)
  }

  @Test("exp is within 1.5 ulp over all floats, overflows to infinity, keeps NaN")
  func exponential() {
    let error = Self.errors(ck_exp_each, exp)
    #expect(error.ulps < 1.5)
    #expect(error.wrongSpecials == 0)
  }

  @Test("sigmoid is within 1e-7 and keeps NaN")
  func sigmoid() {
    let error = Self.errors(ck_sigmoid_each) { 1 / (1 + exp(-$0)) }
    #expect(error.absolute < 1e-7)
    #expect(error.wrongSpecials == 0)
  }

  @Test("tanh is within 1e-7 and 2 ulp, odd, and keeps NaN")
  func hyperbolicTangent() {
    let error = Self.errors(ck_tanh_each, tanh)
    #expect(error.absolute < 1e-7)
    #expect(error.ulps < 2)
    #expect(error.wrongSpecials == 0)
    #expect(Self.unevenCount(ck_tanh_each) == 0)
  }

  @Test("erf is within 1e-7 and 2 ulp, odd, and keeps NaN")
  func errorFunction() {
    let error = Self.errors(ck_erf_each, erf)
    #expect(error.absolute < 1e-7)
    #expect(error.ulps < 2)
    #expect(error.wrongSpecials == 0)
    #expect(Self.unevenCount(ck_erf_each) == 0)
  }
}
