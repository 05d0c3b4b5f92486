import ASTKit

/// What a run will take, in the language.
final class ForecastObject: ListedMembers {
  private let forecast: Forecast
  /// What is left of the run, in words.
  private let steps: String
  private let canStopEarlier: Bool

  init(_ forecast: Forecast, of trainer: Trainer) {
    self.forecast = forecast
    func count(_ number: Int, _ thing: String) -> String {
      "\(number.grouped) \(thing)\(number == 1 ? "" : "s")"
    }
    steps =
      trainer.step == 0
      ? "\(count(trainer.settings.epochs, "epoch")) of \(count(trainer.stepsPerEpoch, "step"))"
      : "\(forecast.steps.grouped) of \(trainer.totalSteps.grouped) steps left"
    canStopEarlier = trainer.settings.patience != nil
  }

  let typeName = "forecast"

  static let members: [ObjectMember<ForecastObject>] = [
    ObjectMember("seconds", "seconds to the end of the run, validations included") {
      .number($0.forecast.seconds)
    },
    ObjectMember("memory", "bytes of memory that petl will take at most") {
      .count($0.forecast.memory)
    },
    ObjectMember("steps", "optimiser steps still to come") { .count($0.forecast.steps) },
    ObjectMember("step", "seconds of a step") { .number($0.forecast.stepSeconds) },
    ObjectMember("prefix", "seconds in all that for frozen layers, whose results are kept") {
      .number($0.forecast.prefixSeconds)
    },
    ObjectMember("validations", "validations still to come") { .count($0.forecast.validations) },
    ObjectMember("validation", "seconds of a validation") {
      .number($0.forecast.validationSeconds)
    },
  ]

  var summary: String {
    let validation =
      forecast.validations == 0
      ? "" : "; validation \(DurationText.about(forecast.validationSeconds)) an epoch"
    let prefix =
      forecast.prefixSeconds == 0
      ? "" : "; \(DurationText.about(forecast.prefixSeconds)) once for the frozen layers"
    return (canStopEarlier ? "at most " : "") + "about \(DurationText.about(forecast.seconds)) ("
      + "\(steps), \(DurationText.about(forecast.stepSeconds)) each\(validation)\(prefix)); "
      + "peak memory about \(SizeText.rounded(forecast.memory))"
  }
}
