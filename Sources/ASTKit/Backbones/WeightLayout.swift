/// How one program names the tensors in a kind of backbone's checkpoints.
public struct WeightLayout: Sendable {
  /// Such as `ast`, which is transformers', or `originalAST`.
  public let name: String
  /// Whether a tensor of this name, without what wrappers have put before it, tells the layout.
  let isMark: @Sendable (_ name: String) -> Bool
  /// What a tensor of this name stands for in a file, or in one of the published code, whose
  /// adapters and prompts lie among the backbone's tensors.
  let meaning: @Sendable (_ name: String, _ isPublished: Bool) -> WeightNames.Meaning

  /// petl's own names, which need no translation.
  static func own(_ kind: any BackboneConfiguration.Type) -> WeightLayout {
    let (prefix, anchors, roots) = (kind.transformers.prefix, kind.anchors, kind.roots)
    return WeightLayout(
      name: kind.name,
      isMark: { name in name.hasPrefix(prefix) || anchors.contains(name) },
      meaning: { key, isPublished in
        let name = WeightNames.withoutModel(key, isPublished: isPublished)
        if name.hasPrefix("classification_head.") { return .head(name) }
        if roots.contains(String(name.prefix { $0 != "." })) { return .backbone(name) }
        return WeightNames.isHead(name) ? .foreignHead : .unknown
      })
  }
}
