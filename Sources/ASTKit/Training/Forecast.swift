/// What a run will take to its end.
public struct Forecast: Sendable, Equatable {
  /// Time to the end, validations included.
  public let seconds: Double
  /// Bytes of memory that the process will have at most.
  public let memory: Int
  /// Steps and validations still to come.
  public let steps: Int, validations: Int
  /// Of a step with as many clips as it may have, in later epochs.
  public let stepSeconds: Double
  public let validationSeconds: Double
}

extension Trainer {
  /// Times a few steps that change nothing, and adds up what the run will take.
  ///
  /// - Parameter interrupt: polled within and between these steps.
  /// - Throws: what a step throws, `EngineError.interrupted`.
  public func forecast(interrupt: InterruptFlag? = nil) throws -> Forecast {
    let cost = try measuredCost(interrupt)
    let work = work(until: isFinished ? step : totalSteps)
    let clips = min(batches.size, train.count)
    return Forecast(
      seconds: cost.seconds(work),
      // What the steps needed is in the process's memory now, kept for the next ones.
      memory: (ProcessMemory.resident ?? BufferPool.shared.statistics.peakInUse) + keptBytes,
      steps: work.steps, validations: work.validations,
      stepSeconds: Double(clips) * cost.laterClip + cost.update,
      validationSeconds: cost.validation)
  }

  /// Seconds of each kind of work, measured. The first epoch costs what later ones do.
  private func measuredCost(_ interrupt: InterruptFlag?) throws -> RunCost {
    var (gradients, update) = (0.0, 0.0)
    if let batch = nextBatch(), let part = batches.parts(of: batch).first,
      let fill = try parts(of: batch).first
    {
      let times = try timed(interrupt) {
        do {
          let (gradients, update) = try trainingStep.rehearse(
            fill, clips: part.count, interrupt: interrupt)
          return [gradients, update]
        } catch let error as TrainingStep.NotFinite {
          throw EngineError.notFinite(what: error.what, step: step + 1)
        }
      }
      (gradients, update) = (times[0] / Double(part.count), times[1])
    }
    var validation = 0.0
    if let valid {
      let part = DatasetView(
        dataset: valid.dataset, indices: Array(valid.indices.prefix(settings.batch)),
        name: valid.name)
      let times = try timed(interrupt) {
        let started = SteadyClock.now
        _ = try model.evaluate(part, batch: settings.batch, interrupt: interrupt)
        return [SteadyClock.now - started]
      }
      validation = times[0] * Double(valid.count) / Double(max(1, part.count))
    }
    return RunCost(
      firstClip: gradients, laterClip: gradients, update: update, validation: validation)
  }

  /// The means of what `body` measured, once or a few times, so that short work counts for more
  /// than one moment; a first time, which finds no memory of its sizes yet, aside.
  private func timed(_ interrupt: InterruptFlag?, _ body: () throws -> [Double]) throws -> [Double]
  {
    _ = try body()
    var all: [[Double]] = []
    repeat {
      try interrupt?.check()
      all.append(try body())
    } while all.count < 2 || (all.count < 20 && all.joined().reduce(0, +) < 2)
    return all[0].indices.map { i in all.reduce(0) { $0 + $1[i] } / Double(all.count) }
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
      valid == nil || settings.keep == .last ? 0 : best?.snapshot == nil ? 2 * copy : copy
    return averages + own + (lastGood == nil ? copy : 0) + best
  }
}
