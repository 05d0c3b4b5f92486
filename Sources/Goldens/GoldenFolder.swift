import ASTKit
import Foundation

/// A folder of reference tensors with a `manifest.json` that says how each was made.
public struct GoldenFolder {
  public let path: String
  public let cases: [GoldenCase]
  let tolerances: Tolerances
  let optimiser: GoldenOptimiser
  private let root: [String: Any]

  /// - Throws: `GoldenError` when the folder has no manifest of this form.
  public init(_ path: String) throws {
    self.path = path
    let file = "\(path)/manifest.json"
    guard let data = FileManager.default.contents(atPath: file) else {
      throw GoldenError.manifest(path: file, problem: "it cannot be read")
    }
    guard let root = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
      let list = root["cases"] as? [[String: Any]]
    else { throw GoldenError.manifest(path: file, problem: "it has no list of 'cases'") }
    cases = try list.map { fields in
      guard let name = fields["name"] as? String, let tensors = fields["file"] as? String else {
        throw GoldenError.manifest(path: file, problem: "a case has no 'name' or 'file'")
      }
      return GoldenCase(name: name, file: tensors, fields: fields)
    }
    tolerances = Tolerances(root["tolerances"] as? [String: Any] ?? [:])
    optimiser = GoldenOptimiser(root["optimiser"] as? [String: Any] ?? [:])
    self.root = root
  }

  /// One of the manifest's lists of model sizes, in the form of a `config.json`.
  func sizes(_ key: String) -> Data? {
    (root[key] as? [String: Any]).flatMap { try? JSONSerialization.data(withJSONObject: $0) }
  }

  func tensors(_ file: String) throws -> Safetensors { try Safetensors("\(path)/\(file)") }
}

/// One case of the manifest.
public struct GoldenCase {
  public let name: String
  public let file: String
  let fields: [String: Any]

  var method: String { text("method") ?? "" }
  func text(_ key: String) -> String? { fields[key] as? String }
  func number(_ key: String) -> Double? { (fields[key] as? NSNumber)?.doubleValue }
  func integer(_ key: String) -> Int? { (fields[key] as? NSNumber)?.intValue }
  func flag(_ key: String) -> Bool { (fields[key] as? NSNumber)?.boolValue ?? false }
  func names(_ key: String) -> [String] { fields[key] as? [String] ?? [] }
  func numbers(_ key: String) -> [String: Double] {
    (fields[key] as? [String: NSNumber])?.mapValues(\.doubleValue) ?? [:]
  }
  /// Names of a list in which `{i}` stands for every layer.
  func expandedNames(_ key: String, layers: Int) -> [String] {
    names(key).flatMap { name in
      name.contains("{i}")
        ? (0..<layers).map { name.replacingOccurrences(of: "{i}", with: "\($0)") } : [name]
    }
  }
}

/// A folder that is not what it should be, or a case that cannot be run.
public enum GoldenError: DescribedError {
  case manifest(path: String, problem: String)
  /// A method or setting the engine does not have.
  case unsupported(String)
  /// A tensor the case should have has another name or is missing.
  case missing(String)

  public var message: String {
    switch self {
    case .manifest(let path, let problem): "'\(path)': \(problem)"
    case .unsupported(let what): "not supported: \(what)"
    case .missing(let what): "missing: \(what)"
    }
  }
}
