import ASTKit
import Synchronization

/// The models that a session has trained and the runs that did, wherever its values hold them: in
/// variables, lists and runs, or in a func that an error is ending.
///
/// A model that nothing holds any more is gone, as the program wanted; except that an error or
/// an interrupt, which empties the funcs it passes, takes none away.
final class TrainedModels: Sendable {
  /// Models go from one thread to another only while the first one waits or is given up.
  private struct Entry: @unchecked Sendable {
    weak var model: AudioClassifier?
    /// The run that trained it last.
    weak var run: Trainer?
    /// Both, while an error takes away what held them.
    var held: (model: AudioClassifier, run: Trainer?)?
  }

  private let entries = Mutex<[Entry]>([])

  /// Says that a run is about to train its model. What earlier errors left is let go: with each
  /// failed attempt held for ever, memory would not last.
  func add(_ run: Trainer) {
    let entry = Entry(model: run.model, run: run)
    entries.withLock { entries in
      for index in entries.indices { entries[index].held = nil }
      entries.removeAll { $0.model == nil || $0.model === entry.model }
      entries.append(entry)
    }
  }

  /// Holds what is unsaved, whatever becomes of the variables.
  func hold() {
    entries.withLock { entries in
      for index in entries.indices {
        guard let model = entries[index].model, model.hasUnsavedTraining else { continue }
        entries[index].held = (model, entries[index].run)
      }
    }
  }

  /// Lets go of the models that `isReachable` without it, or of all. A run that only this holds
  /// stays with its model.
  func release(where isReachable: Set<ObjectIdentifier>? = nil) {
    entries.withLock { entries in
      for index in entries.indices {
        guard let held = entries[index].held else { continue }
        let objects =
          [ObjectIdentifier(held.model)] + (held.run.map { [ObjectIdentifier($0)] } ?? [])
        if isReachable?.isSuperset(of: objects) ?? true {
          entries[index].held = nil
        }
      }
    }
  }

  /// The models whose training is not saved, the one trained last at the end; each with its run,
  /// if that is still there.
  var unsaved: [(model: AudioClassifier, run: Trainer?)] {
    let found = entries.withLock { entries in
      entries.compactMap { entry in
        entry.model.map { Entry(model: $0, run: entry.run, held: ($0, entry.run)) }
      }
    }
    return found.compactMap(\.held).filter { $0.model.hasUnsavedTraining }
  }
}
