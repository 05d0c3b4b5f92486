import ASTKit
import Glibc
import Synchronization

/// Ctrl-C and its relatives, turned into atomics that the shell and the engine poll.
///
/// A handler runs between any two instructions, so it stores atomics and nothing else: no
/// allocation, no lock, no `longjmp` across Swift frames.
enum Interrupts {
  /// The address of the running session's flag, kept alive by `follow(_:)`; 0 for none.
  private static let target = Atomic<UInt>(0)
  /// SIGINT, SIGTERM or SIGHUP not yet taken by `take()`; 0 for none.
  private static let pending = Atomic<Int32>(0)
  /// Interrupts since the present work started; far below zero while none is under way.
  private static let count = Atomic<Int>(.min)
  private static let resizing = Atomic<Bool>(false)
  private static let suspending = Atomic<Bool>(false)
  private static let resuming = Atomic<Bool>(false)

  /// Sends Ctrl-C, SIGTERM and SIGHUP to `flag` from now on.
  static func follow(_ flag: InterruptFlag) {
    // Retained for the rest of the process: a signal may arrive at any time.
    let pointer = Unmanaged.passRetained(flag).toOpaque()
    target.store(UInt(bitPattern: pointer), ordering: .releasing)
    for signal in [SIGINT, SIGTERM, SIGHUP] {
      install(signal) { signal in Interrupts.receive(signal) }
    }
    install(SIGWINCH) { _ in Interrupts.resizing.store(true, ordering: .relaxed) }
    install(SIGCONT) { _ in Interrupts.resuming.store(true, ordering: .relaxed) }
  }

  /// A write to a closed pipe becomes the error EPIPE, here and in every library.
  static func ignoreClosedPipes() { Glibc.signal(SIGPIPE, SIG_IGN) }

  /// Starts counting anew, before a new piece of work.
  static func startWork() {
    pending.store(0, ordering: .relaxed)
    count.store(0, ordering: .relaxed)
  }

  /// Says that nothing is under way any more: Ctrl-C now only clears a line.
  static func endWork() { count.store(.min, ordering: .relaxed) }

  /// The signal that asked to stop since the last call, if any.
  static func take() -> Int32? {
    let signal = pending.exchange(0, ordering: .relaxed)
    return signal == 0 ? nil : signal
  }

  static var isPending: Bool { pending.load(ordering: .relaxed) != 0 }
  static func takeResize() -> Bool { resizing.exchange(false, ordering: .relaxed) }
  static func takeSuspend() -> Bool { suspending.exchange(false, ordering: .relaxed) }
  static func takeResume() -> Bool { resuming.exchange(false, ordering: .relaxed) }

  /// Whether Ctrl-Z is left to the prompt, which must put the terminal in order first.
  static func holdSuspend(_ hold: Bool) {
    if hold {
      install(SIGTSTP) { _ in Interrupts.suspending.store(true, ordering: .relaxed) }
    } else {
      install(SIGTSTP, SIG_DFL)
    }
  }

  /// The signals a prompt waits for.
  static let awaited: [Int32] = [SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP, SIGCONT]

  private static func receive(_ signal: Int32) {
    pending.store(signal, ordering: .relaxed)
    if let pointer = UnsafeRawPointer(bitPattern: target.load(ordering: .acquiring)) {
      Unmanaged<InterruptFlag>.fromOpaque(pointer).takeUnretainedValue().raise()
    }
    // Work that does not reach a safe point leaves a person helpless: name the way out.
    if count.wrappingAdd(1, ordering: .relaxed).newValue == 3 {
      patience.withUTF8Buffer { _ = write(2, $0.baseAddress, $0.count) }
    }
  }

  private static let patience: StaticString =
    "\nstill stopping at the next safe point; Ctrl-\\ ends petl at once\n"

  private static func install(_ signal: Int32, _ handler: __sighandler_t?) {
    var action = sigaction()
    var previous = sigaction()
    action.__sigaction_handler.sa_handler = handler
    sigemptyset(&action.sa_mask)
    // No SA_RESTART: a wait at the prompt must come back.
    if sigaction(signal, nil, &previous) == 0, isIgnored(previous) { return }
    sigaction(signal, &action, nil)
  }

  /// Whether whoever started petl asked for the signal to be ignored (`nohup`, `&`).
  private static func isIgnored(_ action: sigaction) -> Bool {
    guard let handler = action.__sigaction_handler.sa_handler else { return false }
    return unsafeBitCast(handler, to: Int.self) == 1
  }
}
