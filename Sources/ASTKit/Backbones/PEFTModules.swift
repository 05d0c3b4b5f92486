/// The modules of a kind of backbone as LoRA of peft finds them. Version 5 of transformers
/// renamed some, and peft goes by the names.
public struct PEFTModules: Sendable {
  /// Before a layer's number, in version 4 and petl, and in version 5.
  let layers: String, newerLayers: String
  /// Modules of a layer by their names in version 5.
  let renamed: [String: String]
  /// Last steps of names by those of version 5, as far as a last step tells a module.
  let shortNames: [String: String]
  /// The projections of attention in a layer.
  let projections: [Projection: String]

  /// petl's name of a projection.
  func module(_ projection: Projection, inLayer layer: Int) -> String? {
    projections[projection].map { "\(layers)\(layer).\($0)" }
  }

  /// The projection of this name of petl's.
  func place(_ module: String) -> (layer: Int, target: Projection)? {
    guard let layer = WeightNames.layer(module, [layers]),
      let found = projections.first(where: { $0.value == layer.rest })?.key
    else { return nil }
    return (layer.index, found)
  }

  /// The name in version 5 of a module that has another in version 4, petl's.
  func newerName(_ module: String) -> String? {
    guard let layer = WeightNames.layer(module, [layers]),
      let newer = renamed.first(where: { $0.value == layer.rest })?.key
    else { return nil }
    return "\(newerLayers)\(layer.index).\(newer)"
  }
}
