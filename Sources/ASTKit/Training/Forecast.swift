/// What a run will take to its end.
public struct Forecast: Sendable, Equatable {
  /// Time to the end, validations included.
  public let seconds: Double
  /// Bytes of memory that the process will have at most.
  public let memory: Int
  /// Steps and validations still to come.
  public let steps: Int, validations: Int
  /// Of a step with as many clips as it may have, and of a validation, when what is kept of the
  /// frozen prefix is there.
  public let stepSeconds: Double, validationSeconds: Double
  /// In all that time, for computing what the frozen prefix gives.
  public let prefixSeconds: Double
}

extension Trainer {
  /// Times a few steps that change nothing, and adds up what the run will take.
  ///
  /// - Parameter interrupt: polled within and between these steps.
  /// - Throws: what a step throws, `EngineError.interrupted`.
  public func forecast(interrupt: InterruptFlag? = nil) throws -> Forecast {
    let cost = try measuredCost(interrupt)
    // What the measuring computed is kept by now.
    debt = prefixDebt
    let work = work(until: isFinished ? step : totalSteps)
    let clips = min(batches.size, train.count)
    return Forecast(
      seconds: cost.seconds(work),
      // What the steps needed is in the process's memory now, kept for the next ones.
      memory: (ProcessMemory.resident ?? BufferPool.shared.statistics.peakInUse) + keptBytes
        + cacheGrowth,
      steps: work.steps, validations: work.validations,
      stepSeconds: Double(clips) * cost.clip + cost.update,
      validationSeconds: cost.validation,
      prefixSeconds: work.prefixes == 0 ? 0 : Double(work.prefixes) * cost.prefix)
  }

  /// Seconds of each kind of work, measured.
  private func measuredCost(_ interrupt: InterruptFlag?) throws -> RunCost {
    let epoch = batches.epoch(min(step / stepsPerEpoch, settings.epochs - 1))
    let parts = epoch.flatMap(batches.parts)
    let measured = try timed(parts, interrupt) { try rehearse($0, interrupt) }
    var cost = RunCost(clip: measured.clip, update: measured.rest, validation: 0)
    if let pass = prefixPass, let clip = train.indices.first {
      cost.prefix = try timed([[clip]], interrupt) { _ in
        let before = prefixWork.seconds
        try pass.compute(clip)
        return (prefixWork.seconds - before, 0)
      }.clip
    }
    if let valid {
      let parts = try Batches(inOrder: valid, size: settings.batch).epoch(0)
      let clip = try timed(parts, interrupt) { part in
        let started = SteadyClock.now, before = prefixWork.seconds
        let view = DatasetView(dataset: valid.dataset, indices: Array(part), name: valid.name)
        _ = try model.evaluate(view, batch: part.count, interrupt: interrupt) {
          PrefixPass(model, $0, cache, makesRoom: true, work: prefixWork, interrupt: interrupt)
        }
        return (SteadyClock.now - started - (prefixWork.seconds - before), 0)
      }.clip
      cost.validation = Double(valid.count) * clip
    }
    return cost
  }

  /// Seconds of a step of one part, and what of them does not depend on its clips.
  private func rehearse(
    _ part: ArraySlice<Int>, _ interrupt: InterruptFlag?
  ) throws -> (clips: Double, rest: Double) {
    guard let fill = try parts(of: part).first else { return (0, 0) }
    let before = prefixWork.seconds
    do {
      let seconds = try trainingStep().rehearse(fill, clips: part.count, interrupt: interrupt)
      return (seconds.clips - (prefixWork.seconds - before), seconds.rest)
    } catch let error as TrainingStep.NotFinite {
      throw EngineError.notFinite(what: error.what, step: step + 1)
    }
  }

  /// The means a clip, and of the rest, of what `body` takes for the first part, which is as large
  /// as any: twice at least, and so often that short work counts for more than a moment.
  private func timed(
    _ parts: [ArraySlice<Int>], _ interrupt: InterruptFlag?,
    _ body: (ArraySlice<Int>) throws -> (clips: Double, rest: Double)
  ) throws -> (clip: Double, rest: Double) {
    guard let first = parts.first, let last = parts.last else { return (0, 0) }
    // Tensors of each size are kept for the next ones. The first time there is none yet.
    if last.count != first.count { _ = try body(last) }
    _ = try body(first)
    var sum = (clips: 0.0, rest: 0.0), count = 0.0
    repeat {
      try interrupt?.check()
      let seconds = try body(first)
      sum = (sum.clips + seconds.clips, sum.rest + seconds.rest)
      count += 1
    } while count < 2 || (count < 20 && sum.clips + sum.rest < 3)
    return (sum.clips / count / Double(first.count), sum.rest / count)
  }

  /// Bytes that the run will keep beside what a step needs and gives back, and does not yet.
  private var keptBytes: Int {
    func bytes(_ parameters: [Parameter]) -> Int { parameters.reduce(0) { $0 + 4 * $1.count } }
    let trainable = model.trainableParameters
    let copy = bytes(trainable + model.attachments.flatMap(\.buffers))
    let averages = 2 * bytes(trainable.filter { optimiser.moments[ObjectIdentifier($0)] == nil })
    let own = bytes(trainable.filter(\.value.storage.isBorrowed))
    // Better weights are copied before the ones that were the best so far are let go.
    let best =
      valid == nil || settings.kept == .last ? 0 : best?.snapshot == nil ? 2 * copy : copy
    return averages + own + (lastGood == nil ? copy : 0) + best
  }
}
