import Glibc

/// Keeps a trained model that nobody has saved, where there is room for it.
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

  /// What was written.
  public struct Kept: Sendable, Equatable {
    public let path: String
    /// Whether it is the whole model, rather than what was attached and trained.
    public let isWhole: Bool
    /// Why the places before would not take it, one sentence each.
    public let failures: [String]
  }

  /// Every place refused; what was trained is not kept.
  public struct Failure: DescribedError {
    /// One sentence for each place.
    public let failures: [String]
    public var message: String { failures.joined(separator: "; ") }
  }

  /// How the two forms are written.
  struct Writer {
    var whole: (AudioClassifier, String) throws -> Void = { try ModelFile.save($0, to: $1) }
    var adapters: (AudioClassifier, String) throws -> Void = { try AdapterFile.save($0, to: $1) }
  }

  /// Writes the model as `NAME.safetensors` into the first place that takes it, under a name
  /// that is free there; never over a file.
  ///
  /// The whole model goes before its adapters, since it needs no other file. But a temporary
  /// folder comes last even for the whole model: adapters that stay lose less than a model that
  /// the next start of the machine takes away.
  /// - Throws: `Failure`.
  public static func keep(
    _ model: AudioClassifier, as name: String, in places: [Place]
  ) throws(Failure) -> Kept {
    try keep(model, as: name, in: places, writer: Writer())
  }

  static func keep(
    _ model: AudioClassifier, as name: String, in places: [Place], writer: Writer
  ) throws(Failure) -> Kept {
    // What changed the backbone's own weights is not in a set of adapters.
    let isWholeOnly = model.unsavedTraining == .whole
    let forms = [(true, writer.whole)] + (isWholeOnly ? [] : [(false, writer.adapters)])
    var failures: [String] = []
    for isTemporary in [false, true] {
      for (isWhole, write) in forms {
        for place in places where place.isTemporary == isTemporary {
          do {
            let path = try Self.write(model, as: name, in: place, write)
            return Kept(path: path, isWhole: isWhole, failures: failures)
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
    _ model: AudioClassifier, as name: String, in place: Place,
    _ write: (AudioClassifier, String) throws -> Void
  ) throws -> String {
    if place.isMade { makeFolder(place.folder) }
    let path = try FreeName.reserve(name, ending: "safetensors", in: place.folder)
    do {
      try write(model, path)
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
