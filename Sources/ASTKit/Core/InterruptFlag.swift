import Synchronization

/// A request to stop at the next safe point, raised by Ctrl-C and polled by long work.
///
/// A signal handler may call `raise()`: it only stores an atomic.
public final class InterruptFlag: Sendable {
  private let raised = Atomic<Bool>(false)
  private let ending = Atomic<Bool>(false)

  /// A flag that is not raised.
  public init() {}

  /// Whether somebody asked to stop since the last `clear()`.
  public var isRaised: Bool { raised.load(ordering: .relaxed) }
  /// Asks the work in progress to stop at its next safe point.
  public func raise() { raised.store(true, ordering: .relaxed) }
  /// Asks for the same, and says that nothing comes after it: the process is to end.
  public func raiseToEnd() {
    ending.store(true, ordering: .relaxed)
    raise()
  }
  /// Whether nothing comes after the work that stops; not taken back by `clear()`.
  public var isEnding: Bool { ending.load(ordering: .relaxed) }
  /// Forgets the request. Not at the start of work: what was asked between the order and the
  /// start would be lost.
  public func clear() { raised.store(false, ordering: .relaxed) }
  /// Throws `EngineError.interrupted` if a stop was asked for.
  public func check() throws { if isRaised { throw EngineError.interrupted } }
}
