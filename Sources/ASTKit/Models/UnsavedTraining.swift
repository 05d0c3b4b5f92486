import Foundation

/// What training has changed in a model since it was last saved.
public enum UnsavedTraining: Comparable, Sendable {
  case none
  /// What is attached, and the head: a set of adapters holds all of it.
  case adapters
  /// The backbone's own weights, which only the whole model holds.
  case whole
}

extension AudioClassifier {
  /// Whether training has changed the model since it was last saved.
  public var hasUnsavedTraining: Bool { unsavedTraining != .none }

  /// Says that values which training changes have changed.
  func noteTraining() {
    // Without an attachment in force, nothing of it has a place in a set of adapters.
    unsavedTraining = max(unsavedTraining, activeAttachments.isEmpty ? .whole : .adapters)
  }

  /// Says that what training changes has become part of the backbone's own weights.
  func noteMerge() {
    if unsavedTraining == .adapters { unsavedTraining = .whole }
  }

  /// Says that the model was written to a file, whole or as a set of adapters.
  public func noteSaved(_ saved: UnsavedTraining) {
    if unsavedTraining <= saved { unsavedTraining = .none }
  }

  /// Runs `body`, which changes values or what is attached.
  func change<T>(_ body: () throws -> T) rethrows -> T { try changes.withLock(body) }

  /// Runs `body` while nothing of the model changes, from any thread.
  ///
  /// - Parameter seconds: how long to wait for a change that is under way.
  /// - Returns: what `body` gave, or `nil` when the change did not end in time.
  public func whileUnchanged<T>(within seconds: Double, _ body: () -> T) -> T? {
    let deadline = SteadyClock.now + seconds
    while !changes.try() {
      guard SteadyClock.now < deadline else { return nil }
      usleep(10_000)
    }
    defer { changes.unlock() }
    return body()
  }
}
