import ASTKit
import TestSupport
import Testing

@testable import Lang

/// A source whose `label` is a column, where the folder's is a number.
private struct TableSource: DatasetSource {
  static let name = "table"
  static let summary = "For tests"
  static let declarations = [
    SettingOf<TableSource>("label", "column that holds the class", \.label),
    SettingOf("root", "where the files lie", \.root, isPath: true),
    SettingOf("within", "length of a cut", \.within, unit: .seconds, bounds: .above(0)),
  ]
  var path: String
  var label = "label"
  var root: String?
  var within: Double?

  init(path: String) { self.path = path }
  func listing(interrupt: InterruptFlag?) throws -> DatasetListing {
    DatasetListing(name: "table", entries: [])
  }
}

@Suite("dataset takes the settings of all sources")
struct SourceArgumentsTests {
  private let arguments = SettingUnion(
    kinds: [("folder", FolderSource.settings), ("table", TableSource.settings)])

  private func values(_ source: String, _ given: [String: Value]) throws -> [String: SettingValue] {
    let command = Command(
      "dataset", "Loads.", example: "dataset", described: arguments.descriptions
    ) { _, _ in .nil }
    var call = CallArguments()
    call.named = given.sorted { $0.key < $1.key }.map { ($0.key, .init(value: $0.value)) }
    return try arguments.values(try command.bind(call).described(), of: source)
  }

  @Test func oneArgumentAName() throws {
    #expect(arguments.descriptions.map(\.name) == ["label", "extensions", "root", "within"])
    let label = arguments.descriptions[0]
    #expect(label.typeDescription == "a whole number or a text" && label.bounds == nil)
    #expect(
      label.summary == "folder: class from the Nth folder below path; default: the folder of the "
        + "file; table: column that holds the class")
    #expect(arguments.descriptions[2].kind == .path)
    #expect(arguments.descriptions[3].unit == .seconds)
  }

  @Test func theChosenSourceChecksTheValue() throws {
    #expect(try values("folder", ["label": 2]) == ["label": .number(2)])
    #expect(try values("table", ["label": "name"]) == ["label": .text("name")])
    #expect(
      try values("table", ["within": .quantity(Quantity(500, .milliseconds)), "root": "/a"])
        == ["within": .number(0.5), "root": .text("/a")])
    #expect(
      throws: EngineError.setting(name: "label", expected: "between 1 and 64", found: "65")
    ) { try values("folder", ["label": 65]) }
    let error = try #require(throws: CommandError.self) { try values("folder", ["label": "name"]) }
    #expect(error.message == "'label' of 'dataset' must be a whole number, found the text \"name\"")
    #expect(
      throws: DatasetError.settingUnused(
        source: "folder", setting: "root", known: ["label", "extensions"])
    ) { try values("folder", ["root": "/a"]) }
  }

  @Test("no setting of a source has the name of another argument of dataset")
  func noNameTwice() throws {
    let names = try #require(Commands.named("dataset")).arguments.map(\.name)
    #expect(Set(names).count == names.count)
  }

  @Test("a setting of another source is refused under its value")
  func unused() {
    let session = Session(output: TextSink(), isInteractive: false)
    let text = "dataset \"esc50\", path: \"/none\", label: 1"
    guard case .failed(let diagnostic) = session.run(Source(name: "t", text: text)) else {
      Issue.record("no error")
      return
    }
    #expect(diagnostic.message == "dataset \"esc50\" has no setting 'label'")
    #expect(diagnostic.hint == "\"esc50\" takes its path alone")
    #expect(diagnostic.location.map { $0.source.text(in: $0.range) } == "1")
  }
}
