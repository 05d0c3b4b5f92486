import CKernels
import Foundation

/// AdamW with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101), in PyTorch's
/// order of operations.
public final class AdamW {
  /// The two averages of one parameter and how many updates it has had.
  struct Moments {
    /// Kept alive: another parameter in the same place in memory must not take these over.
    let parameter: Parameter
    var first: Tensor
    var second: Tensor
    var updates: Int
  }

  public struct Settings: Sendable, Equatable, Codable {
    public var beta1 = 0.9, beta2 = 0.98
    /// Added to the root of the second average.
    public var eps = 1e-6
    public var weightDecay = 0.1
    /// Whether biases and norms decay as well, as in the published code.
    public var decaysAll = true

    public init() {}
  }

  public var settings: Settings
  var moments: [ObjectIdentifier: Moments] = [:]

  public init(_ settings: Settings = Settings()) { self.settings = settings }

  /// One update of each parameter that has a gradient; the others are left alone, without
  /// decay, as in PyTorch.
  ///
  /// - Parameter learningRate: the rate for a parameter at this step.
  /// - Throws: `EngineError.memory`; nothing is updated then.
  public func step(_ parameters: [Parameter], learningRate: (Parameter) -> Double) throws {
    let changing = parameters.filter { $0.gradient != nil }
    for parameter in changing {
      _ = try parameter.writableValue()
      if moments[ObjectIdentifier(parameter)] == nil {
        moments[ObjectIdentifier(parameter)] = Moments(
          parameter: parameter, first: try Tensor(parameter.shape),
          second: try Tensor(parameter.shape), updates: 0)
      }
    }
    for parameter in changing { update(parameter, learningRate(parameter)) }
  }

  /// Starts the averages anew that a huge gradient made infinite: they would never come back.
  func forgetOverflows() {
    moments = moments.filter { $0.value.first.isFinite && $0.value.second.isFinite }
  }

  private func update(_ parameter: Parameter, _ rate: Double) {
    guard let gradient = parameter.gradient, var state = moments[ObjectIdentifier(parameter)]
    else { return }
    state.updates += 1
    moments[ObjectIdentifier(parameter)] = state
    let t = Double(state.updates)
    let decays = settings.decaysAll || parameter.shape.count > 1
    let decay = Float(1 - (decays ? rate * settings.weightDecay : 0))
    let scaled = Float(rate / (1 - pow(settings.beta1, t)))
    let correction = Float(1 / (1 - pow(settings.beta2, t)).squareRoot())
    let (p, g) = (parameter.value.pointer, gradient.pointer)
    let (m, v) = (state.first.pointer, state.second.pointer)
    let s = settings
    Threads.split(parameter.count, grain: Elementwise.grain) { range in
      let i = range.lowerBound
      ck_adamw(
        p + i, m + i, v + i, g + i, Float(s.beta1), Float(s.beta2), Float(s.eps), decay, scaled,
        correction, range.count)
    }
  }
}
