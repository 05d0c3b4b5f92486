import Glibc

/// Keeps what is trained and nobody has saved, where there is room for it.
public enum ModelRescue {
  /// A folder that may take the file.
  public struct Place: Sendable, Equatable {
    /// Empty for the current folder.
    public let folder: String
    /// Whether it is made, for its owner alone, when it is not there.
    public let isMade: Bool
    /// Whether the system may empty it behind its user's back.
    public let isTemporary: Bool

    public init(_ folder: String, isMade: Bool = false, isTemporary: Bool = false) {
      self.folder = folder
      self.isMade = isMade
      self.isTemporary = isTemporary
    }
  }

  /// In what form it is kept, the one that holds most first.
  public enum Form: Sendable, Equatable {
    /// The run with its model: `NAME.checkpoint`.
    case run
    /// The whole model: `NAME.safetensors`.
    case whole
    /// What was attached and trained, without the backbone: `NAME.safetensors`.
    case adapters

    var ending: String { self == .run ? "checkpoint" : "safetensors" }
  }

  /// What was written.
  public struct Kept: Sendable, Equatable {
    public let path: String
    public let form: Form
    /// Why the places before would not take it, one sentence each.
    public let failures: [String]
  }

  /// Every place refused; what was trained is not kept.
  public struct Failure: DescribedError {
    /// One sentence for each place.
    public let failures: [String]
    public var message: String { failures.joined(separator: "; ") }
  }

  /// Writes a model, with the run that trained it if there is one, into the first place that takes
  /// it, under a name that is free there; never over a file.
  ///
  /// The form that holds more comes first. But a temporary folder comes last even for the whole:
  /// adapters that stay lose less than a run that the next start of the machine takes away.
  /// - Throws: `Failure`.
  public static func keep(
    _ model: AudioClassifier, of run: Trainer? = nil, as name: String, in places: [Place]
  ) throws(Failure) -> Kept {
    try keep(forms(of: model, run), as: name, in: places) { form, path in
      switch form {
      case .run: if let run { try Checkpoint.save(run, to: path) }
      case .whole: try ModelFile.save(model, to: path)
      case .adapters: try AdapterFile.save(model, to: path)
      }
    }
  }

  /// The forms that hold all that was trained. What changed the backbone's own weights is not in a
  /// set of adapters.
  static func forms(of model: AudioClassifier, _ run: Trainer?) -> [Form] {
    (run == nil ? [] : [Form.run]) + [.whole]
      + (model.unsavedTraining == .whole ? [] : [.adapters])
  }

  /// - Parameter write: writes a form to a path.
  static func keep(
    _ forms: [Form], as name: String, in places: [Place], write: (Form, String) throws -> Void
  ) throws(Failure) -> Kept {
    var failures: [String] = []
    for isTemporary in [false, true] {
      for form in forms {
        for place in places where place.isTemporary == isTemporary {
          do {
            let path = try Self.write(form, as: name, in: place, write)
            return Kept(path: path, form: form, failures: failures)
          } catch {
            let reason = (error as? any DescribedError)?.message ?? "\(error)"
            if !failures.contains(reason) { failures.append(reason) }
          }
        }
      }
    }
    throw Failure(failures: failures)
  }

  private static func write(
    _ form: Form, as name: String, in place: Place, _ write: (Form, String) throws -> Void
  ) throws -> String {
    if place.isMade { makeFolder(place.folder) }
    let path = try FreeName.reserve(name, ending: form.ending, in: place.folder)
    do {
      try write(form, path)
    } catch {
      unlink(path)
      throw error
    }
    return path
  }

  /// Makes the folder and those above it; what fails is told by the file that cannot be made.
  private static func makeFolder(_ path: String) {
    let bytes = path.utf8
    for index in bytes.indices.dropFirst() where bytes[index] == UInt8(ascii: "/") {
      mkdir(String(path[..<index]), 0o700)
    }
    mkdir(path, 0o700)
  }
}
