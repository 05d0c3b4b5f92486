import ASTKit
import Foundation

/// The reference numbers: `$PETL_GOLDENS`, or `../shared/goldens` beside the package.
public enum Goldens {
  /// The folder, if it exists. Tests that need it are marked `.enabled(if: Goldens.exist)`.
  public static let folder: String? = {
    let environment = ProcessInfo.processInfo.environment["PETL_GOLDENS"]
    let candidate =
      environment
      ?? Fixtures.packageRoot.appendingPathComponent("../shared/goldens").standardized.path
    let manifest = candidate + "/manifest.json"
    return FileManager.default.fileExists(atPath: manifest) ? candidate : nil
  }()

  public static var exist: Bool { folder != nil }

  /// Opens one of the files, `name` without its ending.
  public static func file(_ name: String) throws -> Safetensors {
    try Safetensors((folder ?? ".") + "/\(name).safetensors")
  }
}

/// Files kept with the tests, in Tests/Fixtures.
public enum Fixtures {
  /// The package's folder.
  public static let packageRoot = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  public static func path(_ name: String) -> String {
    packageRoot.appendingPathComponent("Tests/Fixtures/\(name)").path
  }

  public static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }
}
