import Synchronization

/// The sound of the clips of a run: decoded again, since a data set keeps features alone, and kept
/// in memory as far as there is room.
///
/// A recording is decoded for the first of its clips that is asked for, and cut for all of them. May
/// be asked from several threads at once.
final class ClipSounds: Sendable {
  /// What is kept.
  private struct Kept {
    var clips: [Int: Waveform] = [:]
    var noise: [NoiseFiles.File: [Float]] = [:]
    var bytes = 0
  }

  private let view: DatasetView
  private let extractor: FeatureExtractor
  private let kept = Mutex(Kept())
  /// Clips of each recording.
  private let neighbours: [String: [Int]]
  private let budget: Int

  /// - Parameter budget: bytes of memory for sound; default: a quarter of what is free now.
  /// - Throws: `EngineError.setting`
  init(_ view: DatasetView, budget: Int? = nil) throws(EngineError) {
    self.view = view
    extractor = try FeatureExtractor(view.settings)
    neighbours = Dictionary(grouping: Set(view.indices)) { view.dataset.clips[$0].path }
    self.budget = budget ?? Int(clamped: MemoryLimit.free / 4)
  }

  /// Bytes of sound in memory.
  var bytes: Int { kept.withLock(\.bytes) }

  /// The samples of a clip at the rate of its features, before they are cut and normalised.
  /// - Throws: `DatasetError.changedFile` where its file is another one by now, `AudioError`.
  func waveform(of index: Int) throws -> Waveform {
    if let known = kept.withLock({ $0.clips[index] }) { return known }
    let clip = view.dataset.clips[index]
    let others = neighbours[clip.path] ?? []
    var own: Waveform?
    func take(_ wave: Waveform, _ other: Int) {
      if other == index { own = wave }
      keep(wave, other)
    }
    if let windows = WindowStream.suits(clip.path, view.settings.windows) {
      try check(FileDigest(streaming: clip.path), clip)
      let places = Dictionary(
        others.map { (view.dataset.clips[$0].span, $0) }, uniquingKeysWith: { first, _ in first })
      let stream = try WindowStream(clip.path, extractor, windows)
      while let (span, wave) = try stream.nextSamples() {
        if let other = places[span] { take(wave, other) }
      }
    } else {
      let file = try SoundFile(clip.path)
      try check(file.digest, clip)
      let source = ClipSource(file, extractor)
      for other in others { take(try source.waveform(view.dataset.clips[other].span), other) }
    }
    guard let own else { throw DatasetError.changedFile(path: clip.path) }
    return own
  }

  private func check(_ file: FileDigest, _ clip: AudioClip) throws {
    if file != clip.file { throw DatasetError.changedFile(path: clip.path) }
  }

  private func keep(_ wave: Waveform, _ index: Int) {
    kept.withLock { kept in
      let bytes = wave.samples.count * MemoryLayout<Float>.stride
      guard kept.clips[index] == nil, kept.bytes + bytes <= budget else { return }
      kept.clips[index] = wave
      kept.bytes += bytes
    }
  }

  /// The samples of a recording of noise.
  /// - Throws: as `waveform(of:)`.
  func noise(_ recording: NoiseFiles.File) throws -> [Float] {
    if let known = kept.withLock({ $0.noise[recording] }) { return known }
    let file = try SoundFile(recording.path)
    guard NoiseFiles.File(recording.path, file.digest) == recording else {
      throw DatasetError.changedFile(path: recording.path)
    }
    let samples = try extractor.waveform(file).samples
    kept.withLock { kept in
      let bytes = samples.count * MemoryLayout<Float>.stride
      guard kept.noise[recording] == nil, kept.bytes + bytes <= budget else { return }
      kept.noise[recording] = samples
      kept.bytes += bytes
    }
    return samples
  }

  /// The features of changed sound.
  ///
  /// - Parameter target: has room for all of `settings.shape`, which is filled with padding behind
  ///   them.
  /// - Returns: how many of its rows are sound.
  /// - Throws: `AudioError`
  func write(_ wave: Waveform, to target: UnsafeMutablePointer<Float>) throws(AudioError) -> Int {
    let settings = view.settings, normalisation = FeatureNormalisation(settings)
    let rows: Int
    switch settings.kind {
    case .waveform:
      rows = normalisation.rows(of: wave)
      normalisation.write(wave, to: target)
    case .logMel:
      var wave = wave
      // As for windows that are shorter than a frame.
      let missing = extractor.frameLength - wave.samples.count
      if missing > 0 { wave.samples += [Float](repeating: 0, count: missing) }
      let logMel = try extractor.logMel(wave, path: "a clip")
      rows = normalisation.rows(of: logMel)
      normalisation.write(logMel, to: target)
    }
    let size = settings.shape.reduce(1, *), used = rows * settings.shape.dropFirst().reduce(1, *)
    (target + used).update(repeating: normalisation.padding, count: size - used)
    return rows
  }
}
