import ASTKit
import Glibc

/// The commands and data of a figure as a file, for a machine that has no gnuplot.
enum PlotScriptFile {
  private static let firstLine = "# petl plot"

  /// Writes `curves.gp` for `curves.svg`: `gnuplot curves.gp`, in that folder, draws the
  /// figure. A file of that name that is no such script is left alone; `curves.svg.gp` is
  /// written instead.
  /// - Returns: the script's path.
  /// - Throws: `PlotError`, `FileError`.
  static func write(_ figure: Figure, format: PlotFormat, beside path: String) throws -> String {
    let surface =
      format == .txt
      ? PlotSurface.text(columns: 80, rows: 24, color: false)
      : PlotSurface.file(format, for: FigureLayout(figure))
    let name = PathBytes.lastComponent(of: path)
    let script = """
      \(firstLine), made without gnuplot; to draw it here: gnuplot this-file.gp
      \(try GnuplotScript.draw(figure, on: surface, output: name))set output

      """
    let stem = String(Substring(path.utf8.dropLast(format.rawValue.utf8.count + 1)))
    let target = isOurs(stem + ".gp") ? stem + ".gp" : path + ".gp"
    try AtomicFile.write(target, text: script)
    return target
  }

  /// Whether the name is free, or holds a script written here.
  private static func isOurs(_ path: String) -> Bool {
    guard let file = fopen(path, "r") else { return errno == ENOENT }
    defer { fclose(file) }
    var start = [UInt8](repeating: 0, count: firstLine.utf8.count)
    let count = fread(&start, 1, start.count, file)
    return Array(start[..<count]) == Array(firstLine.utf8)
  }
}
