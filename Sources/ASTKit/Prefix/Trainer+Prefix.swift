/// What a run keeps between its epochs.
public enum PrefixUse: Equatable, Sendable, CustomStringConvertible {
  /// Epochs begin above these stages.
  case kept(FrozenPrefix)
  /// Every epoch computes everything, for this reason.
  case none(reason: String)
  /// Every epoch computes everything though these stages are frozen, for this reason.
  case off(FrozenPrefix, reason: String)

  public var description: String {
    switch self {
    case .kept(let prefix): "\(prefix), computed once a clip"
    case .none(let reason): "nothing: \(reason)"
    case .off(let prefix, let reason): "nothing, though \(prefix) \(prefix.verb) frozen: \(reason)"
    }
  }
}

extension Trainer {
  /// What is kept between epochs, and why nothing else.
  public var prefixUse: PrefixUse {
    let prefix = model.frozenPrefix
    guard prefix.isWorthKeeping(of: model.backbone) else { return .none(reason: prefix.reason) }
    if settings.augmentation != nil {
      return .off(prefix, reason: "SpecAugment masks other parts of a clip each time")
    }
    if settings.changesSound {
      return .off(prefix, reason: "the sound of a clip is changed anew each time")
    }
    if cache.budget == 0 { return .off(prefix, reason: "the cache is off") }
    return .kept(prefix)
  }

  /// The pass that steps begin with; `nil` where every epoch computes everything.
  ///
  /// With no room in the cache the numbers are the same, so it is the same pass.
  var prefixPass: PrefixPass? {
    !settings.changesClips
      ? PrefixPass(model, batches, cache, makesRoom: true, work: prefixWork) : nil
  }

  /// What is to be computed of the prefix, from what is kept now; `nil` without a prefix.
  var prefixDebt: PrefixDebt? {
    guard let pass = prefixPass else { return nil }
    let train = pass.missing(in: train), valid = valid.map(pass.missing)?.subtracting(train) ?? []
    let missing = train.count + valid.count
    let all = self.train.count + (self.valid?.count ?? 0)
    return PrefixDebt(
      train: train.count, valid: valid.count,
      unkept: Double(missing - pass.room(for: missing).all) / Double(all))
  }

  /// Bytes of memory that the cache will take for this run and has not taken yet.
  var cacheGrowth: Int {
    guard let pass = prefixPass, let debt = prefixDebt else { return 0 }
    let bytes = pass.shape.reduce(MemoryLayout<Float>.stride, *)
    return bytes * pass.room(for: debt.train + debt.valid).memory
  }
}
