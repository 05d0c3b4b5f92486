import Foundation
import Fuzzing

/// Runs a target's inputs in processes of their own, watches them, and begins again behind
/// an input that ended one.
final class Supervisor {
  private let options: Options
  private let target: any FuzzTarget.Type
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var jobs: [Job] = []
  /// How often each kind of finding was seen; told the first time.
  private var findings: [String: Int] = [:]
  /// A target that dies all the time is given up.
  private static let mostDeaths = 200
  private var deaths = 0

  init(_ options: Options, _ target: any FuzzTarget.Type) throws {
    self.options = options
    self.target = target
    start = clock.now
  }

  /// Whether nothing was found.
  func run() throws -> Bool {
    jobs = try (0..<options.jobs).map { try Job(options, target, first: $0) }
    var told = clock.now
    while !jobs.allSatisfy(\.isDone) {
      usleep(20_000)
      for job in jobs where !job.isDone { try watch(job) }
      if clock.now - start > .seconds(min(options.seconds, 1 << 40)) || deaths > Self.mostDeaths {
        for job in jobs { job.stop() }
        break
      }
      if clock.now - told > .seconds(60) {
        told = clock.now
        tell(summary)
      }
    }
    for job in jobs { for line in job.lines() { take(line) } }
    tell(summary)
    for (kind, times) in findings.sorted(by: { $0.key < $1.key }) where times > 1 {
      tell("  \(times) times: \(kind)")
    }
    return findings.isEmpty
  }

  private func watch(_ job: Job) throws {
    for line in job.lines() { take(line) }
    switch job.state(hang: .seconds(options.hang), now: clock.now) {
    case .running, .done: return
    case .died(let how):
      deaths += 1
      if job.board.number < 0 {
        take("0 no input was read: \(how)")
        job.stop()
        return
      }
      take("\(job.board.number) \(how)")
      try job.restart(after: job.board.number)
    }
  }

  private func take(_ line: String) {
    let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return }
    // Numbers differ from input to input of one kind.
    let kind = String(parts[1].prefix(80).map { $0.isNumber ? "0" : $0 })
    findings[kind, default: 0] += 1
    if findings[kind] == 1 {
      tell(
        "  \(parts[1])\n    scripts/fuzz --target \(target.name) --seed \(options.seed) --only "
          + parts[0])
    }
  }

  private var summary: String {
    let count = jobs.reduce(0) { $0 + $1.board.count }
    let accepted = jobs.reduce(0) { $0 + $1.board.accepted }
    let elapsed = clock.now - start
    let seconds =
      Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    let share = count > 0 ? 100 * accepted / count : 0
    return "\(target.name): \(count) inputs in \(Int(seconds)) s, "
      + "\(Int(Double(count) / max(seconds, 0.001)))/s, \(share)% read, "
      + "\(findings.values.reduce(0, +)) findings"
  }

  private func tell(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }
}
