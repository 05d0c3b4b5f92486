/// How far a prediction has come.
public struct PredictionProgress: Sendable {
  /// Files done, and all of them.
  public var files: Int, total: Int
  /// Seconds of sound predicted so far.
  public var seconds: Double
}

/// How recordings are predicted.
public struct PredictionOptions: Sendable {
  /// How recordings are cut; `nil`: as what the model was trained on, or not at all.
  public var windows: Windows?
  /// Windows at a time.
  public var batch = 16
  /// Goes on without files that cannot be decoded.
  public var skips = false

  /// As the model was trained, 16 windows at a time.
  public init() {}
}

/// What was left out or cut short.
public struct PredictionReport: Sendable {
  /// Files that cannot be decoded.
  public var skipped: [UnusableFile] = []
  /// Files of which only the beginning was looked at, and the seconds that a model sees.
  public var cut = 0
  public var seconds = 0.0
}

extension AudioClassifier {
  /// How recordings are cut that a user asks this of; what is left out is as in training.
  ///
  /// - Parameters:
  ///   - window: length in seconds, and the time from one to the next.
  /// - Returns: `nil` where nothing is asked for.
  /// - Throws: `EngineError.setting` for a hop without any window.
  public func windows(of window: Double?, hop: Double?) throws(EngineError) -> Windows? {
    guard window != nil || hop != nil else { return nil }
    let trained = features?.windows
    guard let length = window ?? trained?.length else {
      throw .setting(
        name: "hop", expected: "a 'window' with it, as the model was trained without", found: "none"
      )
    }
    return Windows(length: length, hop: hop ?? (window == nil ? trained?.hop : nil))
  }

  /// Predicts recordings, window by window, in their order.
  ///
  /// Memory does not depend on the length of a recording. The result does not depend on the batch
  /// beyond rounding.
  ///
  /// - Parameters:
  ///   - row: told each window as soon as it is known.
  /// - Throws: `EngineError.refused` where it is not known how sound becomes the model's input,
  ///   `.interrupted`; `DatasetError.undecodable` for a file, once the rows before it are told;
  ///   what a forward pass and `row` throw.
  public func predict(
    _ files: [SoundFiles.File], _ options: PredictionOptions = PredictionOptions(),
    interrupt: InterruptFlag? = nil, progress: (PredictionProgress) -> Void = { _ in },
    row: (Prediction) throws -> Void
  ) throws -> PredictionReport {
    try windows(of: files, options, interrupt: interrupt, progress: progress) {
      input, lengths, places in
      try self.tell(input, lengths, places, interrupt, row)
    }
  }

  /// Tells what the model makes of a batch.
  func tell(
    _ input: Tensor, _ lengths: [Int], _ places: [Place], _ interrupt: InterruptFlag?,
    _ row: (Prediction) throws -> Void
  ) throws {
    let tape = Tape(.inference, recording: false, interrupt: interrupt)
    let logits = try forward(input, lengths: lengths, tape)
    let values = logits.values, isSeveral = thresholds != nil
    for (number, place) in places.enumerated() {
      let own = Array(values[(number * logits.columns)..<((number + 1) * logits.columns)])
      guard own.allSatisfy(\.isFinite) else {
        throw EngineError.refused(
          "the model gives no finite logits for '\(place.file)': its weights hold a NaN or are "
            + "too large")
      }
      try row(
        Prediction(
          file: place.file, span: place.span,
          probabilities: isSeveral
            ? own.map(BinaryProbability.probability) : Self.softmax(own)))
    }
  }

  private static func softmax(_ logits: [Float]) -> [Double] {
    guard let clip = ClassProbabilities(logits) else { return logits.map { _ in .nan } }
    return logits.map(clip.probability)
  }

  /// Where a window lies.
  struct Place {
    let file: String
    let span: ClipSpan
  }

  /// Calls `body` with batches of windows: input, rows that hold sound, and where they are from.
  func windows(
    of files: [SoundFiles.File], _ options: PredictionOptions, interrupt: InterruptFlag?,
    progress: (PredictionProgress) -> Void,
    _ body: (_ input: Tensor, _ lengths: [Int], _ places: [Place]) throws -> Void
  ) throws -> PredictionReport {
    guard let settings = features else {
      throw EngineError.refused(
        "the model does not say how sound becomes its input: it was never trained, and its file "
          + "has no features")
    }
    let windows = options.windows ?? settings.windows
    try windows?.validate()
    if let windows, windows.length > settings.secondsSeen + Windows.tolerance {
      throw DatasetError.longWindow(window: windows.length, seen: settings.secondsSeen)
    }
    try requireMemory(batch: options.batch, of: settings.shape, training: false)
    let extractor = try FeatureExtractor(settings)
    var report = PredictionReport(seconds: settings.secondsSeen)
    var batch = WindowBatch(settings, size: options.batch)
    var state = PredictionProgress(files: 0, total: files.count, seconds: 0)
    progress(state)
    for file in files {
      do {
        let stream = try WindowStream(
          file.path, extractor, windows ?? Windows(length: settings.secondsSeen))
        while let window = try stream.next() {
          try interrupt?.check()
          try batch.add(window, of: file.name)
          if batch.isFull {
            try batch.give(body)
            progress(state)
          }
          state.seconds += window.span.seconds
          guard windows != nil else {
            // As in training: what a model sees of a recording is its beginning.
            if try stream.next() != nil { report.cut += 1 }
            break
          }
        }
      } catch let error as AudioError {
        try batch.give(body)
        let unusable = UnusableFile(name: file.name, reason: error.reason)
        guard options.skips else {
          throw DatasetError.undecodable(files: [unusable], of: files.count)
        }
        report.skipped.append(unusable)
      }
      state.files += 1
      progress(state)
    }
    try batch.give(body)
    return report
  }
}

/// Windows on their way through a model.
private struct WindowBatch {
  private let store: FeatureNormalisation
  private let settings: FeatureSettings
  private let size: Int
  private var values: [[Float]] = []
  private var lengths: [Int] = []
  private var places: [AudioClassifier.Place] = []

  init(_ settings: FeatureSettings, size: Int) {
    (self.settings, self.size) = (settings, size)
    store = FeatureNormalisation(settings)
  }

  var isFull: Bool { places.count >= size }

  mutating func add(_ window: WindowStream.Window, of file: String) throws {
    switch window.sound {
    case .logMel(let logMel):
      values.append(settings.inputValues(logMel))
      lengths.append(store.rows(of: logMel))
    case .waveform(let waveform):
      values.append(settings.inputValues(waveform))
      lengths.append(store.rows(of: waveform))
    }
    places.append(AudioClassifier.Place(file: file, span: window.span))
  }

  /// Hands over what is there, and is empty then.
  mutating func give(_ body: (Tensor, [Int], [AudioClassifier.Place]) throws -> Void) throws {
    guard !places.isEmpty else { return }
    defer { (values, lengths, places) = ([], [], []) }
    let input = try Tensor(uninitialized: [places.count] + settings.shape)
    let stride = settings.shape.reduce(1, *)
    for (row, clip) in values.enumerated() {
      clip.withUnsafeBufferPointer { source in
        guard let base = source.baseAddress else { return }
        (input.pointer + row * stride).update(from: base, count: stride)
      }
    }
    try body(input, lengths, places)
  }
}
