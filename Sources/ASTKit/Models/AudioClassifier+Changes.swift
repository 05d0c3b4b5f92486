import Foundation

/// Changes happen whole or not at all, and another thread finds the model between two of them.
extension AudioClassifier {
  /// Runs a change of what is attached as one `change`; if it throws, the model is as it was
  /// before.
  func undoing<T>(_ body: () throws -> T) rethrows -> T {
    try change {
      let before = adaptation
      let values = before.everything.map { ($0, $0.value) }
      do {
        return try body()
      } catch {
        adaptation = before
        for (parameter, value) in values where parameter.value !== value {
          _ = parameter.exchangeValue(value)
        }
        adaptation.refreshTrainability()
        throw error
      }
    }
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

// MARK: - What is unsaved

extension AudioClassifier {
  /// What training has changed since the model was last saved.
  public var unsavedTraining: UnsavedTraining { adaptation.unsaved }

  /// Whether training has changed the model since it was last saved.
  public var hasUnsavedTraining: Bool { unsavedTraining != .none }

  /// Says that values which training changes have changed.
  func noteTraining() { adaptation.noteTraining() }

  /// Says that a training step on such features has changed the model.
  func noteTraining(on settings: FeatureSettings) { adaptation.noteTraining(on: settings) }

  /// Says that the model was written to a file, whole or as a set of adapters.
  public func noteSaved(_ saved: UnsavedTraining) { adaptation.noteSaved(saved) }
}
