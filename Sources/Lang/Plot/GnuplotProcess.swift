import ASTKit
import CGnuplot
import Synchronization

/// A gnuplot that draws, started when it is first needed and again when it has died.
///
/// Safe to share: the C side does one run at a time.
final class GnuplotProcess: @unchecked Sendable {
  static let standardProgram = "gnuplot"

  let program: String
  /// Seconds without a byte in or out after which gnuplot is taken as hung and is ended.
  let timeout: Double
  /// Seconds after which a run is ended, whatever progress it makes.
  let limit: Double
  // Set once; only `run` reads what it points to, under `running`.
  private let handle: OpaquePointer?
  private let running = Mutex<Void>(())

  init(program: String, timeout: Double, limit: Double = 60) {
    self.program = program
    self.timeout = timeout
    self.limit = limit
    handle = petl_gnuplot_create(program)
  }

  deinit { petl_gnuplot_destroy(handle) }

  /// Runs the commands to their end.
  /// - Parameter isLast: ends the process afterwards, before any other thread can run
  ///   something in it; the next run starts another.
  /// - Returns: what gnuplot wrote to its standard output.
  /// - Throws: `PlotError`; `EngineError.interrupted` when `interrupt` was raised meanwhile.
  func run(
    _ commands: String, interrupt: InterruptFlag? = nil, isLast: Bool = false
  ) throws -> [UInt8] {
    try running.withLock { _ throws -> [UInt8] in
      defer { if isLast { petl_gnuplot_stop(handle) } }
      var commands = commands
      let context = interrupt.map {
        UnsafeMutableRawPointer(Unmanaged.passUnretained($0).toOpaque())
      }
      let status = withExtendedLifetime(interrupt) {
        commands.withUTF8 { bytes in
          bytes.withMemoryRebound(to: CChar.self) { characters in
            petl_gnuplot_run(
              handle, characters.baseAddress, characters.count, timeout, limit,
              { context in
                guard let context else { return false }
                return Unmanaged<InterruptFlag>.fromOpaque(context).takeUnretainedValue().isRaised
              }, context)
          }
        }
      }
      var count = 0
      let reason = handle.map { String(cString: petl_gnuplot_message($0)) } ?? "out of memory"
      switch status {
      case PETL_GNUPLOT_OK:
        guard let start = petl_gnuplot_output(handle, &count) else { return [] }
        return start.withMemoryRebound(to: UInt8.self, capacity: count) {
          Array(UnsafeBufferPointer(start: $0, count: count))
        }
      case PETL_GNUPLOT_MISSING:
        throw PlotError.missingGnuplot(program: program, reason: reason, script: nil)
      case PETL_GNUPLOT_INTERRUPTED: throw EngineError.interrupted
      default: throw PlotError.gnuplotFailed(reason: reason)
      }
    }
  }
}
