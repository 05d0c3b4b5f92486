/// Short hashes of a backbone's values, to tell whether a set of adapters was trained on it.
enum BackboneFingerprint {
  /// Hashes of values in a file's pages, which nobody changes, by parameter.
  typealias Known = [ObjectIdentifier: (value: Tensor, hash: UInt64)]

  /// Hashes of the values in force, by parameter.
  typealias InForce = [ObjectIdentifier: (version: Int, hash: UInt64)]

  /// A hash of the values in force, what is merged into them included.
  static func inForce(_ parameters: [Parameter], of model: AudioClassifier) -> [UInt64] {
    let old = parameters.filter {
      model.hashesInForce[ObjectIdentifier($0)]?.version != $0.version
    }
    // Those of a file are hashed when a run is made, see `remember`.
    let fresh = old.filter { known($0.value, $0, model) == nil }
    var found = Dictionary(
      zip(fresh.map(ObjectIdentifier.init), hashes(fresh.map(\.value))),
      uniquingKeysWith: { first, _ in first })
    for parameter in old {
      let hash = found.removeValue(forKey: ObjectIdentifier(parameter))
      guard let hash = hash ?? known(parameter.value, parameter, model) else { continue }
      model.hashesInForce[ObjectIdentifier(parameter)] = (parameter.version, hash)
    }
    return parameters.map { model.hashesInForce[ObjectIdentifier($0)]?.hash ?? 0 }
  }

  /// A hash of each backbone parameter, of the values it has without anything attached.
  /// - Throws: as `remember`.
  static func make(_ model: AudioClassifier) throws -> [String: String] {
    try remember(model)
    let parameters = model.backbone.parameters
    let values = parameters.map { model.baseValue(of: $0) }
    let own = values.indices.filter { known(values[$0], parameters[$0], model) == nil }
    let ownHashes = hashes(own.map { values[$0] })
    var result: [String: UInt64] = [:]
    for (i, hash) in zip(own, ownHashes) { result[parameters[i].name] = hash }
    for (parameter, value) in zip(parameters, values) {
      if let hash = known(value, parameter, model) { result[parameter.name] = hash }
    }
    return result.mapValues { String($0 & 0xffff_ffff, radix: 16) }
  }

  /// Hashes what lies in a file, once: the hash stands for what was read, whatever becomes of
  /// the file.
  /// - Throws: `FileError.changed` for values that were not hashed before their file changed.
  static func remember(_ model: AudioClassifier) throws {
    let fresh = model.backbone.parameters.map { ($0, model.baseValue(of: $0)) }
      .filter { $1.storage.isBorrowed && known($1, $0, model) == nil }
    for ((parameter, value), hash) in zip(fresh, hashes(fresh.map(\.1))) {
      try value.storage.owner?.requireUnchanged()
      model.knownHashes[ObjectIdentifier(parameter)] = (value, hash)
    }
  }

  private static func known(
    _ value: Tensor, _ parameter: Parameter, _ model: AudioClassifier
  ) -> UInt64? {
    model.knownHashes[ObjectIdentifier(parameter)]
      .flatMap { $0.value.pointer == value.pointer ? $0.hash : nil }
  }

  private static func hashes(_ values: [Tensor]) -> [UInt64] {
    var hashes = [UInt64](repeating: 0, count: values.count)
    hashes.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let buffer = buffer
      nonisolated(unsafe) let values = values
      Threads.forEach(values.count) { buffer[$0] = hash(values[$0]) }
    }
    return hashes
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
  /// - Throws: as `make`.
  static func difference(
    _ model: AudioClassifier, _ saved: [String: String]
  ) throws -> String? {
    let present = try make(model)
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
