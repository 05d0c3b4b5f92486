import ASTKit

/// Drawing curves, confusion matrices and bars.
enum PlotCommands {
  static let all: [Command] = [plot, bars]

  private static let plot = Command(
    "plot", "Draws curves, a confusion matrix or bars: to a file, a window or the terminal.",
    example: "plot fit.loss, fit.valid.accuracy, title: \"klettres\", to: \"curves.svg\"",
    Argument<[Value]>(
      "what", "curves, lists of numbers, a confusion matrix, or bars(…)",
      variadic: true),
    Argument<String?>("title", "the heading", named: true),
    Argument<FilePath?>("to", "file to write: .svg, .png, .pdf or .txt", named: true),
    Argument<Bool>("log", "a logarithmic left axis", default: false, named: true)
  ) { session, what, title, file, isLogarithmic in
    let figure = try figure(what, title: title, isLogarithmic: isLogarithmic)
    if let file {
      session.write(
        try GnuplotRenderer.render(figure, to: file.path, interrupt: session.interrupt) + "\n")
      return .nil
    }
    let size = session.output.size
    let display = PlotDisplay(
      columns: size.columns, rows: max(10, min(size.rows - 2, 30)),
      color: session.output.usesColor, hasWindows: session.isInteractive)
    if let text = try GnuplotRenderer.show(figure, on: display, interrupt: session.interrupt) {
      session.writeVerbatim(text.hasSuffix("\n") ? text : text + "\n")
    }
    return .nil
  }

  private static func figure(
    _ what: [Value], title: String?, isLogarithmic: Bool
  ) throws -> Figure {
    guard let first = what.first else {
      throw CommandError("there is nothing to plot", argument: "what", hint: "plot fit.loss")
    }
    if case .object(let object) = first {
      switch object {
      case let confusion as ConfusionObject where what.count == 1:
        return Figure(
          title: title,
          heatMap: .confusion(
            classes: confusion.evaluation.classes, counts: confusion.evaluation.confusion,
            isRowNormalised: true))
      case let figure as FigureObject where what.count == 1:
        var figure = figure.figure
        if let title { figure.title = title }
        return figure
      case is EvaluationObject:
        throw CommandError(
          "a result has several parts", argument: "what", hint: "plot result.confusion")
      default: break
      }
    }
    let curves = try what.enumerated().map { index, value in
      try curve(value, label: what.count == 1 ? "" : "curve \(index + 1)")
    }
    let ofRuns = what.compactMap { value -> CurveObject? in
      if case .object(let object) = value { object as? CurveObject } else { nil }
    }
    var panel = Figure.Curves(curves, xLabel: ofRuns.isEmpty ? "" : "step")
    panel.isLogarithmic = isLogarithmic
    panel.events = ofRuns.flatMap(\.events).reduce(into: []) { events, change in
      // Before the first step there is nothing to tell apart.
      let event = Figure.Event(x: Double(change.step), label: change.what)
      if change.step > 0, !events.contains(event) { events.append(event) }
    }
    return Figure(title: title, panels: [.curves(panel)])
  }

  private static func curve(_ value: Value, label: String) throws -> Figure.Curve {
    if case .object(let object) = value, let curve = object as? CurveObject {
      guard !curve.values.isEmpty else {
        throw CommandError(
          "'\(curve.label)' has no values yet", argument: "what",
          hint: "step fit, 20 takes twenty steps")
      }
      return Figure.Curve(
        curve.label, x: curve.steps, y: curve.values,
        quantity: curve.isProportion ? .proportion : .value)
    }
    guard case .list(let list) = value else {
      throw CommandError(
        "only curves, lists of numbers, a confusion matrix or bars can be plotted, found "
          + value.found, argument: "what")
    }
    guard !list.isEmpty else {
      throw CommandError("the list to plot is empty", argument: "what")
    }
    let numbers = list.items.compactMap { item -> Double? in
      if case .number(let number) = item { number } else { nil }
    }
    guard numbers.count == list.items.count else {
      throw CommandError("the list to plot must hold numbers", argument: "what")
    }
    return Figure.Curve(label, y: numbers)
  }

  private static let bars = Command(
    "bars", "Makes a bar chart of a table's columns, to be plotted.",
    example: "plot bars(table, \"place\", \"accuracy\"), to: \"places.svg\"",
    Argument<List>("table", "a list of records"),
    Argument<String>("label", "the column that names the bars"),
    Argument<String>("value", "the column of numbers"),
    Argument<String?>("title", "the heading", named: true)
  ) { session, table, label, value, title in
    let records = try table.items.map { item -> Record in
      guard case .record(let record) = item else {
        throw CommandError("the table must be a list of records", argument: "table")
      }
      return record
    }
    let names = try records.map {
      try column(label, of: $0, argument: "label").text(interrupt: session.interrupt)
    }
    let numbers = try records.map { record -> Double in
      guard case .number(let number) = try column(value, of: record, argument: "value") else {
        throw CommandError("the column \(value.quoted) must hold numbers", argument: "value")
      }
      return number
    }
    let isProportion = value.contains("accuracy") && numbers.allSatisfy { (0...1).contains($0) }
    let bars = Figure.Bars(
      labels: names, values: numbers, valueLabel: value,
      quantity: isProportion ? .proportion : .value)
    return .object(FigureObject(Figure(title: title, bars: bars)))
  }

  private static func column(
    _ name: String, of record: Record, argument: String
  ) throws -> Value {
    if let value = record[name] { return value }
    throw CommandError(
      "a record of the table has no \(name.quoted)", argument: argument,
      hint: didYouMean(name, record.keys))
  }
}
