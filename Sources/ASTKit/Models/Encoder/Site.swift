/// A named place in a backbone where a method can hang something: its *hook*.
///
/// Sites are an open set. The encoder's own are below; a backbone may have others, whose hooks
/// its own code calls.
public struct Site: Hashable, Sendable, CustomStringConvertible {
  /// The first stage whose result a hook here changes.
  public let stage: Stage
  /// What it is called in the stage, such as `query`.
  public let name: String

  public init(_ stage: Stage, _ name: String) {
    self.stage = stage
    self.name = name
  }

  public var description: String {
    switch stage {
    case .embeddings: "\(name) of the embeddings"
    case .subLayer(let layer, _): "\(name) of layer \(layer)"
    case .finish: "\(name) of the output"
    }
  }
}

extension Site {
  /// Around a sub-layer, for a `SubLayerHook`.
  static func subLayer(_ subLayer: SubLayer, inLayer layer: Int) -> Site {
    Site(
      .subLayer(layer: layer, subLayer), subLayer == .mhsa ? "attention" : "feed-forward network")
  }

  /// A projection of the attention, for a `ProjectionHook`.
  static func projection(_ projection: Projection, inLayer layer: Int) -> Site {
    Site(.subLayer(layer: layer, .mhsa), projection.rawValue)
  }

  /// Which projection of which layer it is, if it is one.
  var projection: (projection: Projection, layer: Int)? {
    guard case .subLayer(let layer, .mhsa) = stage, let projection = Projection(rawValue: name)
    else { return nil }
    return (projection, layer)
  }

  /// The keys and values of the attention, for `PrefixRows`.
  static func keysAndValues(inLayer layer: Int) -> Site {
    Site(.subLayer(layer: layer, .mhsa), "keys and values")
  }

  /// The tokens that enter a layer, for `PromptTokens`.
  static func tokens(beforeLayer layer: Int) -> Site {
    Site(layer == 0 ? .embeddings : .subLayer(layer: layer, .mhsa), "tokens")
  }
}

/// Something that a method hangs on a site.
///
/// What hangs where is one list of an attachment. `merge`, `summary` and the frozen prefix ask
/// the list, so that none of them can forget a kind of hook.
public protocol Hook: AnyObject {
  /// What to add to the weight of its site for the same effect, in the weight's shape; `nil`
  /// when no weight of the backbone can do what it does, so that it cannot be merged.
  var correction: (() throws -> Tensor)? { get }
}

extension Hook {
  public var correction: (() throws -> Tensor)? { nil }
}

/// What hangs on the sites of a model during one forward pass.
public struct Hooks {
  private var bySite: [Site: [any Hook]] = [:]

  /// A model with nothing attached.
  public init() {}

  /// - Parameter placed: in the order in which they act.
  init(_ placed: some Sequence<PlacedHook>) {
    for (site, hook) in placed { bySite[site, default: []].append(hook) }
  }

  /// The hooks of one kind on a site, in the order in which they act.
  public func at<Kind>(_ site: Site, as kind: Kind.Type = Kind.self) -> [Kind] {
    bySite[site]?.compactMap { $0 as? Kind } ?? []
  }
}

/// A hook in its place.
public typealias PlacedHook = (site: Site, hook: any Hook)
