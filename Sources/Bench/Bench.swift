// Times the engine on the work that matters; no test asserts a time.
import ASTKit
import Foundation

@main
enum Bench {
  static func main() throws {
    var benchmark = StepBenchmark(), only: String?
    var arguments = CommandLine.arguments.dropFirst()
    while let option = arguments.popFirst() {
      if option == "--checkpointing" {
        benchmark.recomputes = true
        continue
      }
      if option == "--only" {
        only = arguments.popFirst()
        guard only == "step" || PrefixBenchmark.cases.contains(only ?? "") else { usage() }
        continue
      }
      guard let value = arguments.popFirst().flatMap({ Int($0) }), value > 0 else { usage() }
      switch option {
      case "--steps": benchmark.steps = value
      case "--batch": benchmark.batch = value
      case "--frames": benchmark.frames = value
      case "--threads": Threads.count = value
      default: usage()
      }
    }
    guard let only, only != "step" else { return try benchmark.run() }
    try PrefixBenchmark(
      name: only, frames: benchmark.frames, batch: benchmark.batch, steps: benchmark.steps
    ).run()
  }

  private static func usage() -> Never {
    FileHandle.standardError.write(
      Data(
        """
        usage: Bench [--only step|\(PrefixBenchmark.cases.joined(separator: "|"))] [--steps N]
                     [--batch N] [--frames N] [--threads N] [--checkpointing]

        """.utf8))
    exit(2)
  }

  static func seconds(_ work: () throws -> Void) rethrows -> Double {
    let start = SteadyClock.now
    try work()
    return SteadyClock.now - start
  }

  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
  }

  /// The most memory the process has held, from the kernel.
  static var peakResidentMegabytes: Double {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") }
    let kilobytes = line?.split(separator: " ").compactMap { Double($0) }.first ?? .nan
    return kilobytes / 1024
  }
}
