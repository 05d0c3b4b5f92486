import ASTKit

/// The table that `summary net` shows.
struct SummaryTable {
  private let summary: ModelSummary
  private let model: AudioClassifier

  init(_ summary: ModelSummary, _ model: AudioClassifier) {
    self.summary = summary
    self.model = model
  }

  func text(columns: Int) -> String {
    var rows = summary.rows.map { row in
      [
        row.name, row.output.isEmpty ? "" : row.output.map(String.init).joined(separator: " x "),
        row.parameters.grouped, row.trainable.grouped, share(row.trainable, of: row.parameters),
      ]
    }
    let counts = model.parameterCounts
    rows.append([
      "total", "", counts.total.grouped, counts.trainable.grouped,
      share(counts.trainable, of: counts.total),
    ])
    let table = TextTable(
      header: ["module", "output", "parameters", "trainable", "%"], rows: rows,
      rightAligned: [2, 3, 4]
    ).text(columns: columns)
    var lines = [model.backbone.summary, table]
    lines.append(
      "one clip: \(flops(summary.forwardFlops)) forward, \(flops(summary.stepFlops)) for a "
        + "training step")
    lines.append("head on \(model.activePooling.rawValue), \(model.classes.count) classes")
    lines.append("frozen before training: \(summary.frozenPrefix ?? "nothing")")
    if !summary.published.isEmpty {
      lines.append("as in the published code: \(summary.published.joined(separator: ", "))")
    }
    return lines.joined(separator: "\n")
  }

  private func share(_ part: Int, of whole: Int) -> String {
    guard whole > 0, part > 0 else { return "0" }
    return (100 * Double(part) / Double(whole)).rounded(digits: 2).shortText
  }

  private func flops(_ count: Double) -> String {
    count >= 1e9
      ? "\((count / 1e9).rounded(digits: 2).shortText) GFLOP"
      : "\((count / 1e6).rounded(digits: 1).shortText) MFLOP"
  }
}
