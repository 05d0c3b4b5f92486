import ASTKit
import Foundation

/// A folder of reference tensors with a `manifest.json` that says how each was made.
public struct GoldenFolder {
  public let path: String
  public let cases: [GoldenCase]
  public let tolerances: Tolerances

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

/// How near is near enough, from the manifest where it gives a number.
public struct Tolerances {
  var logits = 2e-5, loss = 2e-5, losses = 5e-5
  /// Absolute, and relative to the reference.
  var gradient = 1e-5, gradientRelative = 1e-4
  var after = 1e-5, buffers = 2e-5, plain = 2e-5
  /// After three steps, without and with parameters that float32 noise moves.
  var logitsAfter = 1e-4, logitsAfterNoise = 0.1
  var features = 1e-4, positions = 1e-6

  init(_ given: [String: Any]) {
    func read(_ key: String, _ value: inout Double) {
      if let number = given[key] as? NSNumber { value = number.doubleValue }
    }
    read("logits", &logits)
    read("loss", &loss)
    read("losses", &losses)
    read("plain_forward", &plain)
    read("pos_resize", &positions)
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
