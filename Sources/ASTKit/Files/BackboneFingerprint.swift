/// Short hashes of a backbone's values, to tell whether a set of adapters was trained on it.
enum BackboneFingerprint {
  /// A hash of each backbone parameter, of the values it has without anything attached.
  static func make(_ model: AudioClassifier) -> [String: String] {
    let parameters = model.backbone.parameters
    let values = parameters.map { model.baseValue(of: $0) }
    var hashes = [UInt64](repeating: 0, count: parameters.count)
    hashes.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let buffer = buffer
      nonisolated(unsafe) let values = values
      Threads.forEach(values.count) { buffer[$0] = hash(values[$0]) }
    }
    let texts = hashes.map { String($0 & 0xffff_ffff, radix: 16) }
    return Dictionary(
      zip(parameters.map(\.name), texts), uniquingKeysWith: { first, _ in first })
  }

  /// FNV-1a over the bit patterns, eight lanes side by side.
  private static func hash(_ tensor: Tensor) -> UInt64 {
    var lanes = SIMD8<UInt32>(0, 1, 2, 3, 4, 5, 6, 7) &+ 0x811c_9dc5
    let p = UnsafeRawPointer(tensor.pointer).assumingMemoryBound(to: UInt32.self)
    var i = 0
    while i + 8 <= tensor.count {
      let next = UnsafeRawPointer(p + i).loadUnaligned(as: SIMD8<UInt32>.self)
      lanes = (lanes ^ next) &* 0x0100_0193
      i += 8
    }
    var total: UInt64 = 0xcbf2_9ce4_8422_2325
    func mix(_ value: UInt32) { total = (total ^ UInt64(value)) &* 0x100_0000_01b3 }
    for lane in 0..<8 { mix(lanes[lane]) }
    while i < tensor.count {
      mix(p[i])
      i += 1
    }
    return total ^ (total >> 32)
  }

  /// The first difference between a model and the fingerprint of a file, in words.
  static func difference(_ model: AudioClassifier, _ saved: [String: String]) -> String? {
    let present = make(model)
    for parameter in model.backbone.parameters {
      guard let wanted = saved[parameter.name] else {
        return "it has no '\(parameter.name)'"
      }
      if present[parameter.name] != wanted {
        return "'\(parameter.name)' has other values"
      }
    }
    return nil
  }
}
