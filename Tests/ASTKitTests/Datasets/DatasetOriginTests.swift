import Foundation
import Testing

@testable import ASTKit

/// A checkpoint says where its clips come from, whichever version wrote it.
struct DatasetOriginTests {
  private func origin(_ text: String) throws -> DatasetOrigin {
    try JSONFile.parse(Array(text.utf8), path: "t").decoded(DatasetOrigin.self)
  }

  @Test func whatIsWrittenIsRead() throws {
    let origin = DatasetOrigin(FolderSource(path: "/a", label: 2, extensions: ["ogg"]))
    #expect(origin.source == "folder" && origin.path == "/a")
    #expect(origin.settings == ["label": .number(2), "extensions": .texts(["ogg"])])
    let written = String(decoding: try JSONEncoder().encode(origin), as: UTF8.self)
    #expect(try self.origin(written) == origin)
    #expect(DatasetOrigin(ESC50(path: "/a")).settings.isEmpty)
  }

  @Test func theFormOfOlderCheckpointsIsRead() throws {
    let older = try origin(
      #"{"source": "folder", "options": {"path": "/a", "label": 2, "extensions": ["ogg"]}}"#)
    #expect(older == DatasetOrigin(FolderSource(path: "/a", label: 2, extensions: ["ogg"])))
    #expect(
      try origin(#"{"source": "esc50", "options": {"path": "/a"}}"#)
        == DatasetOrigin(ESC50(path: "/a")))
    #expect(throws: (any Error).self) {
      try origin(#"{"source": "esc50", "options": {"label": 1}}"#)
    }
  }

  @Test func settingsOfOtherSourcesAreToldWithItsOwn() throws {
    let error = try #require(throws: DatasetError.self) {
      try FolderSource(path: "/a", ["lable": .number(1)])
    }
    #expect(error.message == "dataset \"folder\" has no setting 'lable'")
    #expect(error.hint == "its settings are label, extensions")
    #expect(throws: EngineError.setting(name: "label", expected: "a whole number", found: "x")) {
      try FolderSource(path: "/a", ["label": .text("x")])
    }
    #expect(try FolderSource(path: "/a", ["label": .none]).label == nil)
  }
}
