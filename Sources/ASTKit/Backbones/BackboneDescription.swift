/// The sizes of a backbone in petl's files, under the name of its kind: `{"ast": {…}}`.
struct BackboneDescription: Codable, Equatable {
  let sizes: any BackboneConfiguration

  init(_ sizes: any BackboneConfiguration) { self.sizes = sizes }

  /// - Throws: `EngineError.refused` for a backbone that files do not know.
  init(_ backbone: any Backbone) throws {
    sizes = backbone.configuration
    guard Backbones.known.contains(where: { $0 == type(of: sizes) }) else {
      throw EngineError.refused("a backbone of this kind cannot be written")
    }
  }

  private struct KindName: CodingKey {
    let stringValue: String
    init(stringValue: String) { self.stringValue = stringValue }
    init(_ kind: any BackboneConfiguration.Type) { stringValue = kind.name }

    var intValue: Int? { nil }
    init?(intValue: Int) { nil }
  }

  /// - Throws: `DecodingError`, for a kind that is not known as well.
  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: KindName.self)
    func read<Sizes: BackboneConfiguration>(_ kind: Sizes.Type) throws -> Sizes? {
      try values.decodeIfPresent(kind, forKey: KindName(kind))
    }
    for kind in Backbones.known {
      guard let found = try read(kind) else { continue }
      sizes = found
      return
    }
    throw DecodingError.dataCorrupted(
      .init(codingPath: decoder.codingPath, debugDescription: "no backbone of a known kind"))
  }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: KindName.self)
    try values.encode(sizes, forKey: KindName(type(of: sizes)))
  }

  /// The first size in which another backbone differs, in words.
  func firstDifference(from other: BackboneDescription) -> String? {
    func compare<Sizes: BackboneConfiguration>(_ mine: Sizes) -> String? {
      guard let theirs = other.sizes as? Sizes else {
        return "it is \(type(of: other.sizes).title) there and \(Sizes.title) here"
      }
      return mine.firstDifference(from: theirs)
    }
    return compare(sizes)
  }

  static func == (one: BackboneDescription, other: BackboneDescription) -> Bool {
    func equals<Sizes: BackboneConfiguration>(_ mine: Sizes) -> Bool {
      mine == other.sizes as? Sizes
    }
    return equals(one.sizes)
  }
}
