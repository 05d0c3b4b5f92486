import Foundation

/// What a method is given to build itself: the backbone's sizes, the layers asked for, and
/// verbs to make parameters and put modules in their places.
public final class AttachmentBuilder {
  public let name: String
  public let method: any PETLMethod
  /// The position asked for, or the method's default.
  public let position: Position?
  /// Layers asked for, in order.
  public let layers: [Int]
  /// Whether the user chose the layers, rather than taking all.
  public let layersWereChosen: Bool
  public let backbone: any Backbone
  private let source: any ParameterSource

  private(set) var parameters: [Parameter] = []
  /// Numbers in the parameters so far.
  private var size = 0.0
  private(set) var buffers: [Parameter] = []
  private(set) var unfrozen: [Parameter] = []
  private(set) var hooks: [PlacedHook] = []
  var pooling: Pooling?
  var backboneLearningRate: Double?

  init(
    name: String, method: any PETLMethod, position: Position?, layers: [Int],
    layersWereChosen: Bool, backbone: any Backbone, source: any ParameterSource
  ) {
    self.name = name
    self.method = method
    self.position = position
    self.layers = layers
    self.layersWereChosen = layersWereChosen
    self.backbone = backbone
    self.source = source
  }

  public var hidden: Int { backbone.hidden }

  /// Whether the published code's own form is asked for, see `fidelity`.
  public var isPublished: Bool { method.published }

  /// How the weights of this method start: as its paper says, or with the published code's
  /// effect, where transformers' initialisation overwrites what the constructor set.
  func initialization(_ sound: Initialization) -> Initialization {
    isPublished ? .truncatedNormal(0.02) : sound
  }

  /// Trains the backbone's final norm as well, as every published method but BitFit does.
  func trainFinalNorm() { unfreeze(backbone.trainedWithHead) }

  /// A trainable tensor of the method.
  func parameter(
    _ name: String, _ shape: [Int], _ initialization: Initialization
  ) throws -> Parameter {
    size += shape.reduce(1) { $0 * Double($1) }
    // The values, their gradient and the optimiser's two averages.
    try MemoryLimit.require(16 * size, for: "training '\(self.name)'")
    let made = try source.parameter(name, shape, initialization)
    parameters.append(made)
    return made
  }

  /// A trainable layer: `weight` of the given shape, `bias [shape[0]]`. The sound weights are
  /// drawn as its paper says and the biases start at zero; `published` draws both anew.
  func linear(_ name: String, _ shape: [Int], _ weights: Initialization) throws -> LinearLayer {
    LinearLayer(
      weight: try parameter("\(name).weight", shape, initialization(weights)),
      bias: try parameter("\(name).bias", [shape[0]], .zeros))
  }

  /// A trainable LayerNorm over the hidden states.
  func norm(_ name: String, eps: Float) throws -> NormLayer {
    NormLayer(
      gamma: try parameter("\(name).weight", [hidden], .ones),
      beta: try parameter("\(name).bias", [hidden], .zeros), eps: eps)
  }

  /// A tensor that training updates without a gradient.
  func buffer(
    _ name: String, _ shape: [Int], _ initialization: Initialization
  ) throws -> Parameter {
    let made = try source.parameter(name, shape, initialization)
    buffers.append(made)
    return made
  }

  /// Trains these backbone parameters too, for as long as the method is enabled.
  func unfreeze(_ more: [Parameter]) {
    for parameter in more where !unfrozen.contains(where: { $0 === parameter }) {
      unfrozen.append(parameter)
    }
  }

  /// Hangs something on a site.
  public func hang(_ hook: any Hook, on site: Site) { hooks.append((site, hook)) }

  /// The encoder layer itself, for methods that train parts of it.
  func encoderLayer(_ index: Int) -> EncoderLayer { backbone.layers[index] }

  /// The prefix of names in a layer, such as `encoder.layer.3`.
  func layerName(_ index: Int) -> String { backbone.layerName(index) }

  /// Puts a module made by `make` at each sub-layer of the position in each layer, with the
  /// norm beside it trained unless the setting `norms` says otherwise.
  ///
  /// - Parameter make: is given the prefix of names in the layer, and the sub-layer.
  /// - Throws: `EngineError.refused` for a residual where it has no meaning.
  func placeAdapters(
    residual: Bool = false,
    _ make: (_ layerName: String, _ subLayer: SubLayer) throws -> any AdapterModule
  ) throws {
    let position = position ?? .pfeiffer
    if residual, position.placement == .parallelAfter {
      throw EngineError.refused(
        "'residual' has no meaning at \(position): the sub-layer's output is added there already")
    }
    for layer in layers {
      for subLayer in position.subLayers {
        hang(
          SubLayerAdapter(
            try make(layerName(layer), subLayer), position.placement, residual: residual),
          on: .subLayer(subLayer, inLayer: layer))
        unfreezeNorm(besides: subLayer, inLayer: layer)
      }
    }
    if isPublished { unfreeze(backbone.unusedTrainable) }
  }

  /// Trains the norm beside an adapter, unless the setting `norms` says otherwise.
  func unfreezeNorm(besides subLayer: SubLayer, inLayer layer: Int) {
    if method.norms ?? backbone.trainsNormsByDefault {
      unfreeze(backbone.normTrained(besides: subLayer, inLayer: layer).parameters)
    }
  }

  /// `round(hidden / rate)`, halves to even as Python rounds.
  /// - Throws: `EngineError.setting` when nothing would be left.
  func bottleneck(rate: Double) throws -> Int {
    let width = Int(clamped: (Double(hidden) / rate).rounded(.toNearestOrEven))
    guard width >= 1 else {
      throw EngineError.setting(
        name: "rate", expected: "at most \(hidden) for hidden \(hidden) (bottleneck ≥ 1)",
        found: SettingValue.number(rate).description)
    }
    return width
  }
}
