import ASTKit
import Glibc
import Lang

/// Keeps what is trained and not saved when petl ends, however it ends.
struct Rescue: Sendable {
  /// What the files are called, without their ending.
  let name: String
  let places: [ModelRescue.Place]

  /// What became of the models, to be told on standard error.
  struct Report {
    /// Lines with their newlines; empty when there was nothing to keep.
    var text = ""
    /// Whether nothing is lost.
    var isComplete = true
  }

  /// The name of what does not come from a file: the prompt, `-e`, standard input.
  static let sessionName = "session"

  /// - Parameters:
  ///   - script: the path of the script that runs; `nil` when it is in no file.
  ///   - state: petl's own folder of what outlasts a session.
  ///   - temporary: where the system keeps what need not last.
  init(script: String?, state: String?, temporary: String) {
    name = script.map(Self.stem) ?? Self.sessionName
    places =
      [ModelRescue.Place(script.map(Self.folder) ?? "")]
      + (state.map { [ModelRescue.Place($0, isMade: true)] } ?? [])
      + [ModelRescue.Place(temporary, isTemporary: true)]
  }

  /// For a script, or a session without one, of the person who started petl.
  init(script: String? = nil) {
    self.init(
      script: script, state: UserFiles.state, temporary: Environment["TMPDIR"] ?? "/tmp")
  }

  /// Writes each run, or model whose run is gone, to a file of its own.
  func keep(_ models: [UnsavedModel]) -> Report {
    var report = Report()
    for unsaved in models {
      var what = "what was trained"
      if let name = unsaved.runName ?? unsaved.name { what += " (\(name))" }
      do {
        let kept = try ModelRescue.keep(unsaved.model, of: unsaved.run, as: name, in: places)
        let form =
          switch kept.form {
          case .run: ": resume \"\(kept.path)\""
          case .whole: " (the optimiser's state is not)"
          case .adapters: " as adapters, without the backbone (the optimiser's state is not)"
          }
        let before = kept.failures.map { "; \($0)" }.joined()
        report.add("note: \(what) is in '\(kept.path)'\(form)\(before)")
      } catch {
        report.add("error: \(what) could not be kept: \(error)")
        report.isComplete = false
      }
    }
    return report
  }

  /// Keeps what it can while the session's thread does not answer; tells it itself.
  func keepFromOutside(_ session: Session) {
    var report = Report()
    for unsaved in session.unsavedModelsFromOutside {
      if let kept = unsaved.model.whileUnchanged(within: 2, { keep([unsaved]) }) {
        report.text += kept.text
      } else {
        report.add("error: what was trained could not be kept: it is being changed right now")
      }
    }
    _ = Descriptor.write(Array(report.text.utf8), to: 2)
  }

  // By bytes: a name may begin with a combining mark, which is one Character with the slash.

  private static func folder(_ path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func stem(_ path: String) -> String {
    let bytes = path.utf8
    let start = bytes.lastIndex(of: UInt8(ascii: "/")).map(bytes.index(after:)) ?? bytes.startIndex
    var stem = String(path[start...])
    if stem.hasSuffix(".petl") { stem.removeLast(5) }
    // With its number and ending, the name must not become longer than a name can be.
    while stem.utf8.count > 200 { stem.removeLast() }
    return stem.isEmpty ? sessionName : stem
  }
}

extension Rescue.Report {
  /// Adds a line.
  fileprivate mutating func add(_ line: String) { text += line.printable + "\n" }
}
