import Fuzzing

/// What the command line asks for.
struct Options {
  struct Mistake: Error { var what: String }

  static let usage = """
    usage: scripts/fuzz [--target NAME]… [--inputs N] [--seed N] [--seconds N] [--jobs N]
                        [--hang SECONDS] [--megabytes N] [--only N [--save PATH]] [--list] [--asan]
    """

  var targets: [any FuzzTarget.Type] = []
  /// Inputs a target.
  var inputs = 10_000
  var seed: UInt64 = 1
  /// Seconds a target may take at most.
  var seconds = Int.max
  var jobs = 1
  /// Seconds after which an input counts as a hang.
  var hang = 10
  /// Memory that a process may hold.
  var megabytes = 2048
  /// The one input to run, in this process.
  var only: Int?
  /// Where that input's file, or folder of files, is written to.
  var save: String?
  var lists = false
  /// Which of the inputs a worker takes: `first`, `first + step`, ….
  var worker: (first: Int, step: Int)?

  init(_ arguments: [String]) throws {
    var arguments = arguments[...]
    while let option = arguments.popFirst() {
      if option == "--list" {
        lists = true
        continue
      }
      guard let value = arguments.popFirst() else {
        throw Mistake(what: "'\(option)' is no option, or needs a value")
      }
      func number(_ least: Int) throws -> Int {
        guard let number = Int(value), number >= least else {
          throw Mistake(what: "'\(option)' needs a whole number from \(least), found '\(value)'")
        }
        return number
      }
      switch option {
      case "--target":
        guard let target = FuzzTargets.named(value) else {
          throw Mistake(
            what: "there is no target '\(value)'; there are "
              + FuzzTargets.all.map { $0.name }.joined(separator: ", "))
        }
        targets.append(target)
      case "--inputs": inputs = try number(1)
      case "--seed": seed = UInt64(try number(0))
      case "--seconds": seconds = try number(1)
      case "--jobs": jobs = try number(1)
      case "--hang": hang = try number(1)
      case "--megabytes": megabytes = try number(1)
      case "--only": only = try number(0)
      case "--save": save = value
      case "--first": worker = (try number(0), worker?.step ?? 1)
      case "--step": worker = (worker?.first ?? 0, try number(1))
      default: throw Mistake(what: "there is no option '\(option)'")
      }
    }
    if targets.isEmpty { targets = FuzzTargets.all }
    guard only == nil || targets.count == 1 else {
      throw Mistake(what: "'--only' needs one '--target'")
    }
    guard save == nil || only != nil else { throw Mistake(what: "'--save' needs '--only'") }
  }
}
