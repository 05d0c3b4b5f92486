import ASTKit
import Foundation

/// A program run to its end, with what it wrote.
public struct Program {
  public let status: Int32
  public let output: String
  public let error: String
  public let seconds: Double

  /// A program built along with the tests, for instance `petl`.
  public static func built(_ name: String) -> String {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    let path = URL(fileURLWithPath: tests ?? CommandLine.arguments[0])
    return path.deletingLastPathComponent().appendingPathComponent(name).path
  }

  /// Runs `path` and waits; after `limit` seconds it is killed and the status is 137.
  public init(
    _ path: String, _ arguments: [String] = [], input: String = "",
    environment: [String: String] = [:], folder: String? = nil, limit: Double = 120
  ) throws {
    let files = try TemporaryFolder()
    try input.write(toFile: files.file("input"), atomically: false, encoding: .utf8)
    for name in ["output", "error"] {
      try "".write(toFile: files.file(name), atomically: false, encoding: .utf8)
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    let own = ["PATH": "/usr/bin:/bin", "HOME": files.path, "TERM": "xterm"]
    process.environment = own.merging(environment) { $1 }
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    process.standardInput = FileHandle(forReadingAtPath: files.file("input"))
    process.standardOutput = FileHandle(forWritingAtPath: files.file("output"))
    process.standardError = FileHandle(forWritingAtPath: files.file("error"))
    let start = SteadyClock.now
    try process.run()
    while process.isRunning, SteadyClock.now - start < limit { usleep(2000) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    seconds = SteadyClock.now - start
    let ended = process.terminationReason == .exit
    status = ended ? process.terminationStatus : 128 + process.terminationStatus
    output = try Self.text(files.file("output"))
    error = try Self.text(files.file("error"))
  }

  private static func text(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
  }
}
