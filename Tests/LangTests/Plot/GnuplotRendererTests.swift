import ASTKit
import Foundation
import TestSupport
import Testing

@testable import Lang

@Suite("Figures as files and text")
struct GnuplotRendererTests {
  let renderer = GnuplotRenderer(program: "gnuplot")
  let figure = Figure(
    title: "klettres",
    panels: [
      .curves(
        .init(
          [
            .init("loss", y: (1...300).map { 3 / Double($0).squareRoot() + Double($0 % 7) / 10 }),
            .init(
              "valid.accuracy", x: [100, 200, 300], y: [0.5, 0.7, 0.8], quantity: .proportion),
          ], events: [.init(x: 100, label: "epoch 1")]))
    ])

  static let hostile = [
    "'; system(\"touch HIT\")", "`touch HIT`", "\"; !touch HIT", "a\n!touch HIT\nb", "a_b^c",
    "{/:Bold x", "' . system('touch HIT') . '", "%s %d", "日本 ü 🎵 <b>&amp;]]>", "@x", "\\",
    String(repeating: "long ", count: 60), "", " ", "-->", "EOD",
  ]

  private func read(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private func check(xml path: String) throws -> Bool {
    XMLCheck.isWellFormed(String(decoding: try read(path), as: UTF8.self))
  }

  @Test("every format is a complete file when the call returns")
  func formats() throws {
    let folder = try TemporaryFolder()
    for format in PlotFormat.allCases {
      let path = folder.file("curves.\(format.rawValue)")
      #expect(try renderer.render(figure, to: path) == "wrote \(path)")
      let bytes = try read(path)
      let text = String(decoding: bytes, as: UTF8.self)
      switch format {
      case .svg:
        #expect(text.hasSuffix("</svg>\n\n") && text.contains(">valid.accuracy</text>"))
        #expect(text.contains("<title>klettres</title>") && !text.contains("gnuplot_plot"))
        #expect(try check(xml: path))
      case .png:
        #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        #expect(bytes.suffix(8).starts(with: Array("IEND".utf8)))
      case .pdf: #expect(text.hasPrefix("%PDF-") && text.contains("%%EOF"))
      case .txt: #expect(text.contains("*** loss") && text.contains("valid.accuracy"))
      }
    }
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(left.count == PlotFormat.allCases.count, "temporary files stayed: \(left)")
  }

  @Test("the same figure twice is the same file, and an old file is replaced")
  func repeatable() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("curves.svg")
    _ = try renderer.render(figure, to: path)
    let first = try read(path)
    _ = try renderer.render(figure, to: path)
    #expect(try read(path) == first)
  }

  @Test("no label, class name or title runs anything, in any panel or format")
  func hostileTexts() throws {
    let folder = try TemporaryFolder()
    let hit = folder.file("hit")
    let texts = Self.hostile.map { $0.replacingOccurrences(of: "HIT", with: hit) }
    let count = texts.count
    let counts = (0..<count).map { row in (0..<count).map { row == $0 ? 9 : 0 } }
    let panels: [Figure.Panel] = [
      .curves(
        .init(
          texts.map { .init($0, y: [1, 2, .nan, 3]) }, xLabel: texts[0], yLabel: texts[1],
          rightLabel: texts[2], events: texts.map { .init(x: 2, label: $0) })),
      .bars(
        .init(labels: texts, values: texts.indices.map(Double.init), valueLabel: texts[6])),
      .heatMap(.confusion(classes: texts, counts: counts)),
    ]
    for title in texts {
      let all = Figure(title: title, panels: panels)
      let path = folder.file("hostile.svg")
      _ = try renderer.render(all, to: path)
      #expect(try check(xml: path), "not XML with the title \(title)")
    }
    for ending in ["png", "pdf", "txt"] {
      _ = try renderer.render(
        Figure(title: texts[0], panels: panels), to: folder.file("hostile.\(ending)"))
    }
    #expect(!FileManager.default.fileExists(atPath: hit))
  }

  @Test("a hostile file name is only a name")
  func hostilePath() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a'; system('touch hit') `x` \n \".svg")
    _ = try renderer.render(figure, to: path)
    #expect(try check(xml: path))
  }

  @Test("a path that cannot be written is named, before gnuplot is started")
  func unwritable() throws {
    let folder = try TemporaryFolder()
    let dead = GnuplotRenderer(program: "/bin/false")
    for path in [folder.file("no/such/folder/x.svg"), "/proc/x.svg"] {
      #expect { try dead.render(figure, to: path) } throws: { error in
        guard case FileError.unwritable(path, _) = error else { return false }
        return true
      }
    }
    try FileManager.default.createDirectory(
      atPath: folder.file("folder.svg"), withIntermediateDirectories: true)
    #expect(throws: (any Error).self) {
      try renderer.render(figure, to: folder.file("folder.svg"))
    }
  }

  @Test("an unknown ending gives the list, of the formats")
  func unknownEnding() throws {
    for (path, ending, hint) in [
      ("x.jpeg", "jpeg", "formats: .svg, .png, .pdf, .txt"), ("dir.svg/x", "", "formats"),
      ("x.pgn", "pgn", "formats"), ("x", "", "formats"),
    ] {
      #expect { try renderer.render(figure, to: path) } throws: { error in
        error as? PlotError == .unknownFormat(path: path, ending: ending)
          && (error as? PlotError)?.hint?.contains(hint) == true
      }
    }
  }

  @Test("curves without a finite value are an error; beside others they are left out, and named")
  func notFinite() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("x.svg")
    let dead = Figure.Curve("loss", y: [.nan, .infinity, -.infinity])
    #expect(throws: PlotError.nothingDrawable(names: ["loss"], reason: .notFinite)) {
      try renderer.render(Figure(curves: [dead]), to: path)
    }
    #expect(throws: PlotError.nothingDrawable(names: ["loss"], reason: [])) {
      try renderer.render(Figure(curves: [.init("loss", y: [])]), to: path)
    }
    #expect(!FileManager.default.fileExists(atPath: path))
    let note = try renderer.render(Figure(curves: [dead, .init("good", y: [1, 2])]), to: path)
    #expect(note == "wrote \(path) without 'loss' (NaN and infinity have no place in a plot)")
  }

  @Test("shapes that do not fit together are errors")
  func shapes() throws {
    let figures: [Figure] = [
      Figure(panels: []), Figure(curves: []),
      Figure(curves: [.init("loss", x: [1], y: [1, 2])]),
      Figure(bars: .init(labels: ["a"], values: [1, 2])),
      Figure(bars: .init(labels: ["a"], values: [.nan])),
      Figure(bars: .init(labels: ["a"], values: [1], errors: [1, 2])),
      Figure(heatMap: .init(rowLabels: ["a"], columnLabels: [], values: [[]])),
      Figure(heatMap: .init(rowLabels: ["a"], columnLabels: ["a"], values: [[1, 2]])),
      Figure(heatMap: .init(rowLabels: ["a", "b"], columnLabels: ["a"], values: [[1], [1, 2]])),
    ]
    for figure in figures {
      #expect(throws: PlotError.self) { try renderer.data(of: figure, as: .svg) }
      #expect(throws: PlotError.self) {
        try renderer.text(of: figure, columns: 80, rows: 24, color: false)
      }
    }
  }

  @Test("odd numbers are drawn all the same")
  func oddNumbers() throws {
    let curves: [[Double]] = [
      [1], [0, 0, 0], [1e299, -1e299], [Double.leastNonzeroMagnitude, 0], [-1, -2],
      [.nan, 1, .nan], [1e-300, 2e-300],
      [123_456_789, 123_456_789.0001],
    ]
    for y in curves {
      _ = try renderer.data(of: Figure(curves: [.init("y", y: y)]), as: .svg)
      _ = try renderer.data(
        of: Figure(curves: [.init("y", y: y, quantity: .proportion)]), as: .txt)
      let bars = Figure.Bars(labels: y.map { "\($0)" }, values: y, errors: y)
      _ = try renderer.data(of: Figure(bars: bars), as: .svg)
      let map = Figure.HeatMap(
        rowLabels: ["r"], columnLabels: y.map { "\($0)" }, values: [y], isRowNormalised: true)
      _ = try renderer.data(of: Figure(heatMap: map), as: .svg)
    }
    let logarithmic = Figure.Curves([.init("lr", y: [1e-5, 1e-3, 0, 1e-4])], isLogarithmic: true)
    _ = try renderer.data(of: Figure(panels: [.curves(logarithmic)]), as: .svg)
  }

  @Test("without gnuplot, a script with the data in it is left beside the wanted file")
  func missingGnuplot() throws {
    let folder = try TemporaryFolder()
    let none = GnuplotRenderer(program: "/no/such/gnuplot")
    let path = folder.file("it's.svg")
    let script = folder.file("it's.gp")
    #expect { try none.render(figure, to: path) } throws: { error in
      guard case PlotError.missingGnuplot("/no/such/gnuplot", _, script) = error else {
        return false
      }
      return true
    }
    #expect(!FileManager.default.fileExists(atPath: path))

    // On a machine with gnuplot, the script draws the file.
    let gnuplot = Process()
    gnuplot.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    gnuplot.arguments = ["gnuplot", script]
    gnuplot.currentDirectoryURL = folder.url
    try gnuplot.run()
    gnuplot.waitUntilExit()
    #expect(gnuplot.terminationStatus == 0)
    #expect(try check(xml: path))
  }

  @Test("a script of the user's is not overwritten")
  func missingGnuplotKeepsScripts() throws {
    let folder = try TemporaryFolder()
    let own = folder.file("x.gp")
    try Data("plot x".utf8).write(to: URL(fileURLWithPath: own))
    let none = GnuplotRenderer(program: "/no/such/gnuplot")
    #expect(throws: PlotError.self) { try none.render(figure, to: folder.file("x.svg")) }
    #expect(try read(own) == Array("plot x".utf8))
    #expect(FileManager.default.fileExists(atPath: folder.file("x.svg.gp")))
  }

  @Test("a failed plot leaves the old file")
  func oldFileStays() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("x.svg")
    try Data("old".utf8).write(to: URL(fileURLWithPath: path))
    let dead = GnuplotRenderer(program: "/bin/false")
    #expect(throws: PlotError.self) { try dead.render(figure, to: path) }
    #expect(try read(path) == Array("old".utf8))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["x.svg"])
  }

  @Test("text plots stay within the window, without escape sequences unless wanted")
  func textSize() throws {
    for (columns, rows) in [(80, 24), (120, 40), (40, 16)] {
      let text = try renderer.text(of: figure, columns: columns, rows: rows, color: false)
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      #expect(lines.count < rows)
      #expect(lines.allSatisfy { $0.count <= columns })
      #expect(!text.contains("\u{1B}"))
    }
    let colored = try renderer.text(of: figure, columns: 80, rows: 24, color: true)
    #expect(colored.contains("\u{1B}[38;5;"))
    for line in colored.split(separator: "\n") where line.contains("\u{1B}[38") {
      let last = line.split(separator: "\u{1B}").last ?? ""
      #expect(
        last.hasPrefix("[0m"), "a colour runs over the end of its line: \(line.debugDescription)")
    }
  }
}

/// Whether a text is well-formed XML, as far as text and tags go.
enum XMLCheck {
  static func isWellFormed(_ text: String) -> Bool {
    var open: [Substring] = []
    var rest = text[...]
    while let start = rest.firstIndex(of: "<") {
      let between = rest[..<start]
      if between.contains("]]>") || !entitiesAreKnown(between) { return false }
      rest = rest[start...]
      guard let end = rest.firstIndex(of: ">") else { return false }
      let tag = rest[rest.index(after: rest.startIndex)..<end]
      rest = rest[rest.index(after: end)...]
      if tag.hasPrefix("?") || tag.hasPrefix("!") || tag.hasSuffix("/") { continue }
      if tag.hasPrefix("/") {
        if open.popLast() != tag.dropFirst() { return false }
      } else {
        open.append(tag.prefix { !$0.isWhitespace })
      }
    }
    return open.isEmpty
  }

  private static func entitiesAreKnown(_ text: Substring) -> Bool {
    text.split(separator: "&", omittingEmptySubsequences: false).dropFirst().allSatisfy { part in
      ["lt;", "gt;", "amp;", "quot;", "apos;", "#"].contains { part.hasPrefix($0) }
    }
  }
}
