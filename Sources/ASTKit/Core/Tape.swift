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
  /// What the pass changes beside its result, left to whoever accepts it. A pass that is
  /// repeated leaves nothing a second time.
  private(set) var effects: [any Effect] = []
  /// Its part in a pass that is run twice.
  private var repetition = Repetition.none
  /// Whether the values of results are left out, see `leavingOut`.
  private(set) var isLeavingOut = false

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

  /// A pass over a piece of work that is done twice, see `recomputed`.
  init(_ mode: Mode, _ repetition: Repetition, random: RandomSource, interrupt: InterruptFlag?) {
    self.mode = mode
    self.repetition = repetition
    self.random = random
    self.interrupt = interrupt
    if case .again = repetition { isRecording = true } else { isRecording = false }
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
    try walkBack()
  }

  /// Walks back from outputs whose slots hold their gradients.
  /// - Throws: `EngineError.memory`
  func walkBack() throws {
    while let (op, output) = records.popLast() {
      if let gradient = output.take() { try op.backward(gradient) }
    }
  }
}

// MARK: - What a pass leaves to be done

extension Tape {
  /// Notes a change that the pass makes when it is accepted.
  func note(_ effect: any Effect) {
    if case .again = repetition { return }
    effects.append(effect)
  }

  /// Takes over what a part of this pass has left to be done.
  func note(effectsOf part: Tape) { effects += part.effects }
}

// MARK: - Passes that are run twice

extension Tape {
  /// Runs `body`; where the pass is a repetition and `condition` holds, nobody reads the values
  /// of its results, and operations that cost much leave them out.
  func leavingOut<T>(_ condition: Bool, _ body: () throws -> T) rethrows -> T {
    let before = isLeavingOut
    defer { isLeavingOut = before }
    if case .again = repetition { isLeavingOut = condition }
    return try body()
  }

  /// A small result that a repetition takes over from the first pass; `nil` in other passes.
  func recall() -> Tensor? {
    guard case .again(let kept) = repetition else { return nil }
    return kept.next()
  }

  /// Keeps a small result for a repetition.
  func keep(_ result: Tensor) {
    if case .first(let kept) = repetition { kept.append(result) }
  }
}

/// Which run of a piece of work a tape is for that is done twice.
enum Repetition {
  /// Work that is done once.
  case none
  /// The first one, not recorded; keeps what the second one takes over.
  case first(KeptResults)
  /// The second one, recorded.
  case again(KeptResults)
}

/// Results in the order in which they were made.
final class KeptResults {
  private var results: [Tensor] = []
  private var position = 0

  func append(_ result: Tensor) { results.append(result) }

  /// The next one.
  func next() -> Tensor? {
    guard position < results.count else { return nil }
    defer { position += 1 }
    return results[position]
  }

  /// Begins at the first one again.
  func rewind() { position = 0 }
}
