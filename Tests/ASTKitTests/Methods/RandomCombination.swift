import ASTKit
import TestSupport
import Testing

/// Methods drawn at random, with random settings, positions and layers, that go together.
struct RandomCombination: Sendable, CustomTestStringConvertible {
  struct Step: Sendable {
    var kind: String
    var settings: [String: SettingValue]
    var position: Position?
    var layers: [Int]?
  }

  let number: Int
  private(set) var steps: [Step] = []
  /// What was drawn and refused before these were found.
  private(set) var refused: [String] = []
  /// Which one is switched off after training, if any.
  let disabled: Int?

  /// The same number gives the same combination.
  init(_ number: Int) throws {
    self.number = number
    var random = RandomSource(seed: 2024).fork("combination \(number)")
    let count = 1 + random.below(4)
    let net = try TinyModel.classifier()
    while steps.count < count {
      let step = Self.draw(&random)
      do {
        try net.attach(step.kind, step.settings, at: step.position, layers: step.layers)
        steps.append(step)
      } catch let error as EngineError {
        refused.append(error.description)
      }
    }
    disabled = random.below(3) == 0 ? random.below(count) : nil
  }

  private static func draw(_ random: inout RandomSource) -> Step {
    let method = PETLMethods.all[random.below(PETLMethods.all.count)]
    var step = Step(kind: method.kind, settings: [:])
    for setting in method.settings {
      let isLeftOut = setting.name == "kernel" ? false : random.below(2) == 0
      if isLeftOut, setting.defaultValue != .number(96), setting.name != "tokens" { continue }
      step.settings[setting.name] = value(of: setting, &random)
    }
    if method.defaultPosition != nil ? random.below(4) > 0 : random.below(10) == 0 {
      let places: [[SubLayer]] = [[.mhsa], [.ffn], [.mhsa, .ffn]]
      step.position = Position(places[random.below(3)], Placement.allCases[random.below(4)])
    }
    if random.below(3) == 0 { step.layers = [random.below(3)] }
    return step
  }

  /// Small values, some of them refused.
  private static func value(of setting: Setting, _ random: inout RandomSource) -> SettingValue {
    func some(_ list: [Double]) -> SettingValue { .number(list[random.below(list.count)]) }
    switch setting.name {
    case "rate": return some([0.5, 2, 3, 4, 8, 100])
    case "rank": return some([1, 2, 3, 20])
    case "alpha": return some([0.5, 4, 16])
    case "kernel": return some([1, 2, 5, 31])
    case "tokens": return some([2, 3, 4])
    case "dropout": return some([0, 0.1, 0.5])
    case "adapters", "slots": return some([1, 2, 3])
    case "backbone_lr": return some([0, 1e-3])
    default: break
    }
    switch setting.kind {
    case .flag: return .flag(random.below(2) == 0)
    case .choice: return .text(setting.allowed[random.below(setting.allowed.count)])
    case .choices: return .texts(setting.allowed.filter { _ in random.below(2) == 0 })
    case .integer, .number, .text, .texts, .path: return .none
    }
  }

  var testDescription: String {
    let words = steps.enumerated().map { i, step in
      step.kind + (step.position.map { " at \($0)" } ?? "")
        + (step.layers.map { " layers \($0)" } ?? "") + (i == disabled ? " (off)" : "")
    }
    return "\(number): \(words.joined(separator: ", "))"
  }

  /// A model with the methods attached and every trained number moved.
  func model() throws -> AudioClassifier {
    let net = try TinyModel.classifier()
    for step in steps {
      try net.attach(step.kind, step.settings, at: step.position, layers: step.layers)
    }
    TinyModel.scatter(net.trainableParameters, seed: UInt64(number), by: 0.2)
    // Moves the statistics of batch norms.
    _ = try net.forward(TinyModel.input(seed: 8), Tape(.training, recording: false))
    return net
  }
}
