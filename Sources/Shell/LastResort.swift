import Glibc
import Synchronization

/// Ends petl when work does not answer a request to end: a library that never returns, a disk
/// that does not answer.
///
/// A thread of its own waits for the second request, since a handler may not write files. It
/// gives the work a while to come to its end, then keeps what is trained and ends the process.
enum LastResort {
  /// Milliseconds that the work has after the second request.
  private static let patience = 2000

  private enum State { static let working = 0, ending = 1, takenOver = 2 }
  private static let state = Atomic<Int>(State.working)
  /// The end of the pipe that wakes the thread; -1 while there is none.
  private static let wakeOutput = Atomic<Int32>(-1)

  /// Starts the thread. `keep` runs on it when the work has not ended by itself.
  static func prepare(_ keep: @escaping @Sendable () -> Void) {
    guard let ends = Descriptor.pipe() else { return }
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Box(input: ends.input, keep: keep))
    let status = pthread_create(
      &thread, nil,
      { pointer in
        guard let pointer else { return nil }
        let box = Unmanaged<Box>.fromOpaque(pointer).takeRetainedValue()
        LastResort.wait(box)
        return nil
      }, box.toOpaque())
    guard status == 0 else { return box.release() }
    pthread_detach(thread)
    wakeOutput.store(ends.output, ordering: .relaxed)
  }

  /// Asks to end petl whatever it does; from a signal handler.
  static func call(_ signal: Int32) {
    let descriptor = wakeOutput.load(ordering: .relaxed)
    if descriptor < 0 { _exit(ExitStatus.ended(by: signal)) }
    Descriptor.signal(UInt8(truncatingIfNeeded: signal), to: descriptor)
  }

  /// Says that the work has come to its end: what is trained is kept from here. Does not return
  /// when the last resort is doing so already.
  static func standDown() {
    let (_, old) = state.compareExchange(
      expected: State.working, desired: State.ending, ordering: .acquiringAndReleasing)
    while old == State.takenOver { pause() }
  }

  private static func wait(_ box: Box) {
    // Handlers belong to the thread that reads the keys: a wait of its must come back.
    var all = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_BLOCK, &all, nil)
    var signal: UInt8 = 0
    while read(box.input, &signal, 1) != 1 { if errno != EINTR { return } }
    for _ in 0..<(patience / 10) {
      if state.load(ordering: .acquiring) != State.working { return }
      usleep(10_000)
    }
    let (isMine, _) = state.compareExchange(
      expected: State.working, desired: State.takenOver, ordering: .acquiringAndReleasing)
    guard isMine else { return }
    box.keep()
    _exit(ExitStatus.ended(by: Int32(signal)))
  }

  private final class Box: Sendable {
    let input: Int32
    let keep: @Sendable () -> Void

    init(input: Int32, keep: @escaping @Sendable () -> Void) {
      self.input = input
      self.keep = keep
    }
  }
}
