/// One recorded operation: what it saved, and how it turns the gradient of its output into
/// gradients of its inputs.
///
/// An op is a struct that names each tensor it keeps, so that what the backward pass costs
/// in memory can be read off its declaration.
protocol Op {
  /// Adds to the gradient slots of the inputs, given the gradient of the output.
  /// - Throws: `EngineError.memory`
  func backward(_ gradient: Tensor) throws
}

/// Runs operations forward and remembers what the backward pass needs: nothing for an op
/// none of whose inputs leads back to a trainable parameter, and for the others only what
/// the gradients that are wanted need.
///
/// Each op is an extension of `Tape` in a file of `Ops/`, forward above backward.
public final class Tape {
  /// Whether batch statistics and dropout behave as in training or as in use.
  public enum Mode: Sendable { case training, inference }

  public let mode: Mode
  /// Whether operations are recorded for a backward pass.
  public let isRecording: Bool
  /// Polled between the layers of a model, so that a long forward pass can be left.
  public let interrupt: InterruptFlag?
  /// Draws dropout masks.
  public var random: RandomSource
  private var records: [(op: any Op, output: GradientSlot)] = []

  /// - Parameters:
  ///   - mode: training or inference behaviour of batch norm and dropout.
  ///   - recording: pass `false` when no gradient will be asked for.
  ///   - random: the stream for dropout masks.
  ///   - interrupt: leaves a model's forward pass with `EngineError.interrupted` when raised.
  public init(
    _ mode: Mode, recording: Bool = true, random: RandomSource = RandomSource(seed: 0),
    interrupt: InterruptFlag? = nil
  ) {
    self.mode = mode
    isRecording = recording
    self.random = random
    self.interrupt = interrupt
  }

  /// Recorded operations so far.
  public var recordCount: Int { records.count }

  /// Whether an op must be recorded because a gradient has to pass through it.
  func needs(_ inputs: Tensor?...) -> Bool {
    isRecording && inputs.contains { $0?.gradientSlot != nil }
  }

  /// Remembers how to go back through the op that made `output`.
  func record(_ op: any Op, output: Tensor) {
    let slot = GradientSlot()
    output.gradientSlot = slot
    records.append((op, slot))
  }

  /// Walks back from a single number, leaving the gradients in the slots of the trainable
  /// parameters. Each record and all it saved is freed as soon as it has been used.
  /// - Throws: `EngineError.refused` if `loss` does not depend on anything trainable,
  ///   `.memory`.
  public func backward(from loss: Tensor, seed: Tensor? = nil) throws {
    guard let slot = loss.gradientSlot else {
      throw EngineError.refused("nothing is trainable, so there is no gradient to compute")
    }
    slot.value = try seed ?? Tensor(loss.shape, filledWith: 1)
    while let (op, output) = records.popLast() {
      if let gradient = output.take() { try op.backward(gradient) }
    }
  }
}
