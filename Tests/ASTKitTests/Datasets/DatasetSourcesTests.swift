import ASTKit
import Foundation
import TestSupport
import Testing

/// The list of data sets is complete and its names are sound.
struct DatasetSourcesTests {
  @Test func namesAreUniqueAndFound() throws {
    let names = DatasetSources.all.map { $0.name }
    #expect(Set(names).count == names.count)
    for source in DatasetSources.all {
      #expect(try DatasetSources.named(source.name) == source)
      #expect(!source.summary.isEmpty && !source.summary.hasSuffix("."))
    }
    let error = #expect(throws: EngineError.self) { try DatasetSources.named("foldr") }
    #expect(error?.hint == "did you mean 'folder'?")
  }

  /// A new source must be entered in the list, or nobody can use it.
  @Test func everySourceFileIsInTheList() throws {
    let folder = Fixtures.packageRoot.appendingPathComponent("Sources/ASTKit/Datasets")
    let known = Set(DatasetSources.all.map { "\($0)" })
    var found: Set<String> = []
    for file in try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    where file.hasSuffix(".swift") {
      let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
      for match in text.matches(of: /struct (\w+): DatasetSource\b/) {
        #expect(known.contains(String(match.1)), "\(file)")
        found.insert(String(match.1))
      }
    }
    #expect(found == known)
  }
}
