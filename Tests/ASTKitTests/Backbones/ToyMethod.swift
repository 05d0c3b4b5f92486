@testable import ASTKit

/// A method that hangs on a site of the toy backbone's own: a correction of the layer that its
/// frames go through.
struct ToyMethod: PETLMethod {
  static let kind = "toyframes"
  static let summary = "Corrects the first layer of the toy backbone."
  static let example = "attach net, toyframes()"
  static let defaults = ToyMethod()
  static let declarations: [SettingOf<ToyMethod>] = []

  func build(_ builder: AttachmentBuilder) throws {
    guard let model = builder.backbone as? ToyModel else {
      throw EngineError.refused("only the toy backbone has frames to correct")
    }
    builder.hang(
      Correction(
        try builder.parameter("frames.correction", model.frames.weight.shape, .zeros)),
      on: ToyModel.framesSite)
  }

  private final class Correction: ProjectionHook {
    private let parameter: Parameter

    init(_ parameter: Parameter) { self.parameter = parameter }

    var correction: (() throws -> Tensor)? { { try self.parameter.value.copy() } }

    func delta(_ x: Tensor, _ tape: Tape) throws -> Tensor {
      try tape.linear(x, weight: parameter.value)
    }
  }
}
