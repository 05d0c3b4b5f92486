import Foundation

/// The scripts of the project: those of the language's tests, and the examples.
package enum ScriptCorpus {
  /// Their bytes, by name; none when the sources are not where they were built.
  package static func load() -> [[UInt8]] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return ["Tests/LangTests/Scripts", "examples"].flatMap { folder in
      let base = root.appendingPathComponent(folder).path
      let names = FileManager.default.enumerator(atPath: base)?.compactMap { $0 as? String } ?? []
      // Those of the limits take their time.
      return names.filter { $0.hasSuffix(".petl") && !$0.hasPrefix("limit/") }.sorted()
        .compactMap { FileManager.default.contents(atPath: "\(base)/\($0)").map(Array.init) }
    }
  }
}
