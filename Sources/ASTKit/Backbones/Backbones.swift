/// The list of backbones; the language and the files know them through it.
public enum Backbones {
  public static let all: [any BackboneConfiguration.Type] = [
    ASTConfiguration.self, Wav2Vec2Configuration.self,
  ]

  /// Backbones known beside the list, in this task only: those of tests.
  @TaskLocal package static var additional: [any BackboneConfiguration.Type] = []

  static var known: [any BackboneConfiguration.Type] { all + additional }

  /// Names that `preset` knows.
  public static var presetNames: [String] { known.flatMap { $0.presetNames }.sorted() }

  /// The sizes of this name, such as `ast-base`; `nil` when there are none.
  public static func preset(_ name: String) -> (any BackboneConfiguration)? {
    known.lazy.compactMap { $0.preset(name) }.first
  }

  /// The kind with this `model_type` in `config.json`.
  package static func kind(ofModelType type: String) -> (any BackboneConfiguration.Type)? {
    known.first { $0.transformers.modelType == type }
  }

  /// The kind that has a module of this name of petl's.
  static func kind(ofModule name: String) -> (any BackboneConfiguration.Type)? {
    known.first { $0.module(named: name) == name }
  }
}
