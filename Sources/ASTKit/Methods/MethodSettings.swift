/// Settings that several methods share, so that they are worded once.
extension SettingOf where Owner: PETLMethod {
  static func rate(_ property: Property<Double>) -> Self {
    Self(
      "rate", "reduction: bottleneck = round(hidden / rate), halves to even", property,
      bounds: .atLeast(1))
  }
  static func kernel(_ property: Property<Int>) -> Self {
    Self(
      "kernel", "width of the depthwise convolution in tokens, odd or even", property,
      bounds: .between(1...4096))
  }
  static func dropout(_ property: Property<Double>) -> Self {
    Self(
      "dropout", "probability of dropping an element in training", property,
      bounds: .between(0...0.99))
  }
  static func residual(_ property: Property<Bool>) -> Self {
    Self("residual", "adds the adapter's input once more, see the positions", property)
  }
  static func norms(_ property: Property<Bool?>) -> Self {
    Self(
      "norms", "trains the backbone's LayerNorm beside it; default: in AST, not in wav2vec 2.0",
      property)
  }
  static func published(_ property: Property<Bool>) -> Self {
    Self(
      "published", "exactly as the published code computes it, where that departs from the papers",
      property)
  }
  static func adapters(_ property: Property<Int>) -> Self {
    Self("adapters", "number of expert adapters", property, bounds: .between(1...256))
  }
  static func experts(_ property: Property<AdapterBlock>) -> Self {
    Self("experts", "kind of the expert adapters", property)
  }
}
