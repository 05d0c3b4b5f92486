/// What to draw, as plain data: one or more panels from top to bottom under a title.
///
/// A figure knows nothing of gnuplot; `GnuplotRenderer` turns it into a file, a window or text.
public struct Figure: Sendable, Equatable {
  /// The heading of the whole figure, or `nil` for none.
  public var title: String?
  /// What is drawn, from top to bottom; at least one.
  public var panels: [Panel]

  /// One drawing with axes of its own.
  public enum Panel: Sendable, Equatable {
    case curves(Curves)
    case bars(Bars)
    case heatMap(HeatMap)
  }

  /// Panels from top to bottom.
  public init(title: String? = nil, panels: [Panel]) {
    self.title = title
    self.panels = panels
  }

  /// Curves in one panel: values on the left axis, proportions (accuracy) on the right one.
  public init(title: String? = nil, curves: [Curve], xLabel: String = "step") {
    self.init(title: title, panels: [.curves(Curves(curves, xLabel: xLabel))])
  }

  /// One bar a label.
  public init(title: String? = nil, bars: Bars) {
    self.init(title: title, panels: [.bars(bars)])
  }

  /// A table of numbers as coloured cells.
  public init(title: String? = nil, heatMap: HeatMap) {
    self.init(title: title, panels: [.heatMap(heatMap)])
  }
}

extension Figure {
  /// A line through points. Values that are not finite leave a gap in it.
  public struct Curve: Sendable, Equatable {
    /// What the numbers are, which decides their axis.
    public enum Quantity: Sendable, Equatable {
      /// A loss, a learning rate: any numbers, on the left axis.
      case value
      /// Accuracy, recall: 0 to 1, on the right axis when the panel also has values.
      case proportion
    }

    /// Whether a strong smooth line is drawn over the pale raw one.
    public enum Smoothing: Sendable, Equatable {
      case none
      /// Smooths long and noisy curves only, such as the loss of every step.
      case automatic
      /// Averages over about this many points.
      case points(Int)
    }

    public var label: String
    public var x: [Double]
    public var y: [Double]
    public var quantity: Quantity
    public var smoothing: Smoothing

    /// A curve through (x, y); without `x`, through (1, y₁), (2, y₂), …
    public init(
      _ label: String, x: [Double]? = nil, y: [Double], quantity: Quantity = .value,
      smoothing: Smoothing = .automatic
    ) {
      self.label = label
      self.x = x ?? y.indices.map { Double($0 + 1) }
      self.y = y
      self.quantity = quantity
      self.smoothing = smoothing
    }
  }

  /// A place on the x axis worth a thin line: the end of an epoch, a changed setting.
  public struct Event: Sendable, Equatable {
    public var x: Double
    public var label: String

    public init(x: Double, label: String = "") {
      self.x = x
      self.label = label
    }
  }

  /// A panel of curves over a common x axis.
  public struct Curves: Sendable, Equatable {
    public var curves: [Curve]
    public var xLabel: String
    /// The left axis' name; `nil` takes it from the curves.
    public var yLabel: String?
    /// The right axis' name; `nil` takes it from the curves.
    public var rightLabel: String?
    public var events: [Event]
    /// Whether the left axis is logarithmic; values of 0 and less then leave gaps.
    public var isLogarithmic: Bool

    public init(
      _ curves: [Curve], xLabel: String = "step", yLabel: String? = nil,
      rightLabel: String? = nil, events: [Event] = [], isLogarithmic: Bool = false
    ) {
      self.curves = curves
      self.xLabel = xLabel
      self.yLabel = yLabel
      self.rightLabel = rightLabel
      self.events = events
      self.isLogarithmic = isLogarithmic
    }
  }

  /// A panel of horizontal bars, the first on top.
  public struct Bars: Sendable, Equatable {
    public var labels: [String]
    public var values: [Double]
    /// Half the length of each error bar (a standard deviation, say); empty for none.
    public var errors: [Double]
    /// What the values are, written at their axis.
    public var valueLabel: String
    public var quantity: Curve.Quantity

    public init(
      labels: [String], values: [Double], errors: [Double] = [], valueLabel: String = "",
      quantity: Curve.Quantity = .value
    ) {
      self.labels = labels
      self.values = values
      self.errors = errors
      self.valueLabel = valueLabel
      self.quantity = quantity
    }
  }

  /// A panel of coloured cells, row 0 on top: a confusion matrix (rows true, columns
  /// predicted) or any other table of numbers.
  public struct HeatMap: Sendable, Equatable {
    public var rowLabels: [String]
    public var columnLabels: [String]
    /// `[row][column]`. Cells that are not finite stay empty.
    public var values: [[Double]]
    public var rowTitle: String
    public var columnTitle: String
    /// Colours and numbers are each cell's share of its row, in percent.
    public var isRowNormalised: Bool

    public init(
      rowLabels: [String], columnLabels: [String], values: [[Double]], rowTitle: String = "",
      columnTitle: String = "", isRowNormalised: Bool = false
    ) {
      self.rowLabels = rowLabels
      self.columnLabels = columnLabels
      self.values = values
      self.rowTitle = rowTitle
      self.columnTitle = columnTitle
      self.isRowNormalised = isRowNormalised
    }

    /// A confusion matrix of counts, `counts[true class][predicted class]`.
    public static func confusion(
      classes: [String], counts: [[Int]], isRowNormalised: Bool = true
    ) -> HeatMap {
      HeatMap(
        rowLabels: classes, columnLabels: classes, values: counts.map { $0.map(Double.init) },
        rowTitle: "true", columnTitle: "predicted", isRowNormalised: isRowNormalised)
    }
  }
}
