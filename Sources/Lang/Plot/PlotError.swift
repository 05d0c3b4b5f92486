import ASTKit

/// What can go wrong between a figure and its file.
public enum PlotError: DescribedError, Equatable {
  /// The figure has no panels, or a panel nothing in it.
  case nothingToDraw
  /// None of the named curves (or bars, or cells) has a value that can be drawn.
  case nothingDrawable(names: [String], reason: UndrawableReason)
  /// A list of `what` has `found` entries where `expected` are needed.
  case count(what: String, expected: Int, found: Int)
  /// The file's ending names no format that can be drawn.
  case unknownFormat(path: String, ending: String)
  /// The gnuplot at hand cannot draw this format; `has` are the ones it can.
  case unavailableFormat(ending: String, terminal: String, has: [String])
  /// The user's choice of terminal is not one that gnuplot has.
  case unknownTerminal(name: String, known: [String])
  /// There is no gnuplot. `script` is the file that draws the figure once it can.
  case missingGnuplot(program: String, reason: String, script: String?)
  /// gnuplot could not be started, died, hung or refused a command; `reason` says which.
  case gnuplotFailed(reason: String)
}

extension PlotError {
  public var message: String {
    switch self {
    case .nothingToDraw: "there is nothing to draw"
    case .nothingDrawable(let names, let reason):
      Self.noValue(of: names.filter { !$0.isEmpty }) + ": \(reason)"
    case .count(let what, let expected, let found):
      "\(what) has \(found) entries, expected \(expected)"
    case .unknownFormat(let path, let ending):
      ending.isEmpty
        ? "the name '\(path)' has no ending that says the format of the plot"
        : "cannot plot to '.\(ending)' (in '\(path)')"
    case .unavailableFormat(let ending, let terminal, _):
      "this gnuplot cannot write .\(ending): it has no '\(terminal)' terminal"
    case .unknownTerminal(let name, _): "gnuplot has no terminal called '\(name)'"
    case .missingGnuplot(_, let reason, let script):
      "the plot needs gnuplot: \(reason)"
        + (script.map { "; the data and commands are in '\($0)'" } ?? "")
    case .gnuplotFailed(let reason): "the plot was not made: \(reason)"
    }
  }

  public var hint: String? {
    switch self {
    case .unknownFormat:
      "formats: \(PlotFormat.endings.map { ".\($0)" }.joined(separator: ", "))"
    case .unavailableFormat(_, _, let has):
      has.isEmpty ? nil : "it can write \(has.map { ".\($0)" }.joined(separator: ", "))"
    case .unknownTerminal(let name, let known):
      didYouMean(name, known) ?? "known: \(known.joined(separator: ", "))"
    case .missingGnuplot(let program, _, _):
      program == GnuplotProcess.standardProgram
        ? "install it with: apt-get install gnuplot-nox"
        : "PETL_GNUPLOT names '\(program)'"
    case .nothingToDraw, .nothingDrawable, .count, .gnuplotFailed: nil
    }
  }

  /// The start of the sentence; a curve that is the only one has no name.
  private static func noValue(of names: [String]) -> String {
    guard !names.isEmpty else { return "there is no value to plot" }
    return "there is no value to plot in \(names.map { "'\($0)'" }.joined(separator: ", "))"
  }
}
