import Foundation
import Fuzzing

/// The process that reads the inputs, and may die of one.
struct Worker {
  /// Descriptors that the supervisor hands over.
  static let board: Int32 = 3
  static let findings: Int32 = 4
  /// How it ends after an input that took too much memory.
  static let tooMuchMemory: Int32 = 77

  let options: Options
  let share: (first: Int, step: Int)

  init(_ options: Options, _ share: (first: Int, step: Int)) {
    self.options = options
    self.share = share
  }

  func run() throws {
    let board = try Board(Worker.board)
    let run = try FuzzRun(options.targets[0], seed: options.seed, confined: true)
    if share.first < share.step {
      do {
        try run.target.checkValid()
      } catch {
        tell(0, "the valid inputs: \((error as? BrokenPromise)?.what ?? "\(error)")")
      }
    }
    let counted = (board.count, board.accepted)
    for number in stride(from: share.first, to: options.inputs, by: share.step) {
      board.number = number
      if let finding = run.run(number) { tell(finding.number, finding.what) }
      board.count = counted.0 + run.count
      board.accepted = counted.1 + run.accepted
      if Worker.mostMegabytes > options.megabytes { _exit(Worker.tooMuchMemory) }
    }
    board.number = options.inputs
  }

  private func tell(_ number: Int, _ what: String) {
    let line = "\(number) \(what.split(whereSeparator: \.isNewline).joined(separator: " "))\n"
    FileHandle(fileDescriptor: Worker.findings).write(Data(line.utf8))
  }

  /// The most memory that this process ever held.
  static var mostMegabytes: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss >> 10
  }
}

/// One input, in this process: to look at what it does.
struct One {
  let options: Options
  let number: Int

  init(_ options: Options, _ number: Int) {
    self.options = options
    self.number = number
  }

  /// Whether nothing is wrong.
  func run() throws -> Bool {
    let here = FileManager.default.currentDirectoryPath
    let run = try FuzzRun(options.targets[0], seed: options.seed, confined: true)
    let input = run.input(number)
    if let path = options.save.map({ $0.hasPrefix("/") ? $0 : "\(here)/\($0)" }) {
      if input.files.count == 1 {
        try Data(input.files[0].bytes).write(to: URL(fileURLWithPath: path))
      } else {
        try FileManager.default.createDirectory(
          atPath: path, withIntermediateDirectories: true)
        for file in input.files {
          try Data(file.bytes).write(to: URL(fileURLWithPath: "\(path)/\(file.name)"))
        }
      }
    }
    let sizes = input.files.map { "\($0.name) (\($0.bytes.count) bytes)" }
    print("input \(number): \(sizes.joined(separator: ", "))")
    let clock = ContinuousClock()
    let before = Worker.mostMegabytes
    var finding: FuzzRun.Finding?
    let time = clock.measure { finding = run.run(number) }
    do { print("read: \(try run.target.read(input))") } catch { print("refused: \(error)") }
    print("\(time), \(before) MB before, \(Worker.mostMegabytes) MB at most")
    print(finding.map { "finding: \($0.what)" } ?? "nothing wrong")
    return finding == nil
  }
}
