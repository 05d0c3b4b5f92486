import ASTKit
import Foundation
import TestSupport
import Testing

/// The list of methods is complete and their declarations are sound.
struct PETLMethodTests {
  /// Type names in Sources/ASTKit/Methods that are declared to be methods.
  static func declared() throws -> [String] {
    let folder = Fixtures.packageRoot.appendingPathComponent("Sources/ASTKit/Methods")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    return try files.filter { $0.hasSuffix(".swift") }.flatMap { file in
      let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
      return text.split(separator: "\n").compactMap { line -> String? in
        guard line.hasPrefix("public struct"), line.contains(": PETLMethod") else { return nil }
        return line.split { " :".contains($0) }.dropFirst(2).first.map { String($0) }
      }
    }
  }

  @Test func everyMethodIsInTheList() throws {
    let declared = try Self.declared()
    #expect(declared.count >= 12)
    #expect(Set(declared) == Set(PETLMethods.all.map { "\($0)" }))
  }

  @Test func kindsAreUnique() {
    #expect(Set(PETLMethods.all.map { $0.kind }).count == PETLMethods.all.count)
  }

  @Test(arguments: PETLMethods.all.map { $0.kind }) func declaration(_ kind: String) throws {
    let method = try PETLMethods.named(kind)
    #expect(method.example.contains("\(kind)("))
    #expect(method.summary.hasSuffix("."))
    #expect(Set(method.settings.map(\.name)).count == method.settings.count)
    for setting in method.settings {
      #expect(!setting.summary.isEmpty && !setting.expectation.isEmpty)
      let isNumber = setting.kind == .integer || setting.kind == .number
      #expect(isNumber == (setting.bounds != nil), "bounds of \(setting.name)")
      let isChoice = setting.kind == .choice || setting.kind == .choices
      #expect(isChoice == !setting.allowed.isEmpty, "choices of \(setting.name)")
    }
    // A default outside its range, or a set of them that does not go together, would throw.
    let made = try method.init([:])
    #expect(made.values.count == method.settings.count)
  }
}
