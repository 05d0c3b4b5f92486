import Foundation

/// What the result of a frozen prefix depends on beside the clip itself: two models with the
/// same key give the same numbers for a clip, whatever follows above.
struct PrefixKey: Hashable {
  /// The stage before which the numbers stand.
  let end: Stage
  /// A hash of all values that the stages before `end` compute with.
  private let values: UInt64
  private let backbone: String
  private let features: FeatureSettings
  private let masksPadding: Bool
  /// What is averaged, where `end` is the finish.
  private let pooling: Pooling?

  /// The keys of a model for clips of these features: one for each stage up to `last`, in order.
  static func all(
    to last: Stage, of model: AudioClassifier, features: FeatureSettings
  ) -> [PrefixKey] {
    var values: UInt64 = 0
    let backbone = model.backbone.configurationText
    // How recordings are cut is known by the clips.
    var features = features
    features.windows = nil
    return model.backbone.stages.filter { $0 <= last }.map { end in
      defer {
        let parameters = model.backbone.parameters(of: end)
        values = BackboneFingerprint.inForce(parameters, of: model)
          .reduce(values) { ContentHash.of($0, $1) }
      }
      return PrefixKey(
        end: end, values: values, backbone: backbone, features: features,
        masksPadding: model.features?.masksPadding == true,
        pooling: end == .finish ? model.activePooling : nil)
    }
  }
}

extension Backbone {
  /// Kind and sizes, as text.
  fileprivate var configurationText: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let sizes = (try? encoder.encode(configuration)).map { String(decoding: $0, as: UTF8.self) }
    return "\(Configuration.name) \(sizes ?? "")"
  }
}

extension ContentHash {
  /// The hash of two numbers in this order.
  fileprivate static func of(_ first: UInt64, _ second: UInt64) -> UInt64 {
    withUnsafeBytes(of: (first, second)) { of($0) }
  }
}
