/// Something to draw that a command made, such as `bars(…)`.
final class FigureObject: ObjectArgument {
  let figure: Figure

  init(_ figure: Figure) { self.figure = figure }

  static let typeDescription = "a figure"
  let typeName = "figure"
  let memberNames: [String] = []
  func member(_ name: String) -> Value? { nil }
  var summary: String { "figure" + (figure.title.map { " '\($0)'" } ?? "") }
}
