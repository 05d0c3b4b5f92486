import ASTKit
import Synchronization

/// The models that a session has trained, wherever its values hold them: in variables, lists
/// and runs, or in a func that an error is ending.
///
/// A model that nothing holds any more is gone, as the program wanted; except that an error or
/// an interrupt, which empties the funcs it passes, takes none away.
final class TrainedModels: Sendable {
  /// Models go from one thread to another only while the first one waits or is given up.
  private struct Entry: @unchecked Sendable {
    weak var model: AudioClassifier?
    /// The model itself, while an error takes away what held it.
    var held: AudioClassifier?
  }

  private let entries = Mutex<[Entry]>([])

  /// Says that a model is about to be trained. What earlier errors left is let go: with each
  /// failed attempt held for ever, memory would not last.
  func add(_ model: AudioClassifier) {
    let entry = Entry(model: model)
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
        entries[index].held = model
      }
    }
  }

  /// Lets go of the models that `isReachable` without it, or of all.
  func release(where isReachable: Set<ObjectIdentifier>? = nil) {
    entries.withLock { entries in
      for index in entries.indices {
        guard let model = entries[index].held else { continue }
        if isReachable?.contains(ObjectIdentifier(model)) ?? true { entries[index].held = nil }
      }
    }
  }

  /// The models whose training is not saved, the one trained last at the end.
  var unsaved: [AudioClassifier] {
    let found = entries.withLock { entries in
      entries.compactMap { entry in entry.model.map { Entry(model: $0, held: $0) } }
    }
    return found.compactMap(\.held).filter(\.hasUnsavedTraining)
  }
}
