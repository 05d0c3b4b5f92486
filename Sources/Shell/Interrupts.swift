import ASTKit
import Glibc
import Synchronization

/// Ctrl-C and its relatives, turned into atomics that the shell and the engine poll.
///
/// A handler runs between any two instructions, so it stores atomics and writes a byte to a pipe
/// that wakes the prompt: no allocation, no lock, no `longjmp` across Swift frames.
enum Interrupts {
  /// The address of the running session's flag, kept alive by `follow(_:)`; 0 for none.
  private static let target = Atomic<UInt>(0)
  /// SIGINT, SIGTERM or SIGHUP not yet taken by `take()`; 0 for none.
  private static let pending = Atomic<Int32>(0)
  /// SIGTERM or SIGHUP, once one has come; 0 before.
  private static let ending = Atomic<Int32>(0)
  /// Interrupts since the present work started; far below zero while none is under way.
  private static let count = Atomic<Int>(.min)
  /// Both ends of the pipe that a waiting prompt looks at; -1 while there is none.
  private static let wakeInput = Atomic<Int32>(-1)
  private static let wakeOutput = Atomic<Int32>(-1)
  private static let resizing = Atomic<Bool>(false)
  private static let suspending = Atomic<Bool>(false)
  private static let resuming = Atomic<Bool>(false)

  /// Sends Ctrl-C, SIGTERM and SIGHUP to `flag` from now on.
  static func follow(_ flag: InterruptFlag) {
    // Retained for the rest of the process: a signal may arrive at any time.
    let pointer = Unmanaged.passRetained(flag).toOpaque()
    openWakePipe()
    target.store(UInt(bitPattern: pointer), ordering: .releasing)
    for signal in [SIGINT, SIGTERM, SIGHUP] {
      install(signal) { signal in Interrupts.receive(signal) }
    }
    // Otherwise Swift's crash reporter takes it for a crash, and asks questions.
    install(SIGQUIT) { _ in Interrupts.endAtOnce() }
    install(SIGWINCH) { _ in Interrupts.note(Interrupts.resizing) }
    install(SIGCONT) { _ in Interrupts.note(Interrupts.resuming) }
  }

  /// A write to a closed pipe becomes the error EPIPE, here and in every library.
  static func ignoreClosedPipes() { Glibc.signal(SIGPIPE, SIG_IGN) }

  /// Starts counting anew, before a new piece of work.
  static func startWork() { count.store(0, ordering: .relaxed) }

  /// Says that nothing is under way any more: Ctrl-C now only clears a line.
  static func endWork() { count.store(.min, ordering: .relaxed) }

  /// The signal that asked to stop since the last call, if any.
  static func take() -> Int32? {
    let signal = pending.exchange(0, ordering: .relaxed)
    return signal == 0 ? nil : signal
  }

  /// Drops `signal` if it is the one that `take()` would give.
  static func forget(_ signal: Int32) {
    _ = pending.compareExchange(expected: signal, desired: 0, ordering: .relaxed)
  }

  /// SIGTERM or SIGHUP, once one of them has asked petl to end.
  static var endSignal: Int32? {
    let signal = ending.load(ordering: .relaxed)
    return signal == 0 ? nil : signal
  }

  static var isPending: Bool { pending.load(ordering: .relaxed) != 0 }
  static func takeResize() -> Bool { resizing.exchange(false, ordering: .relaxed) }
  static func takeSuspend() -> Bool { suspending.exchange(false, ordering: .relaxed) }
  static func takeResume() -> Bool { resuming.exchange(false, ordering: .relaxed) }

  /// Whether Ctrl-Z is left to the prompt, which must put the terminal in order first.
  static func holdSuspend(_ hold: Bool) {
    if hold {
      install(SIGTSTP) { _ in Interrupts.note(Interrupts.suspending) }
    } else {
      install(SIGTSTP, SIG_DFL)
    }
  }

  /// Waits for standard input or a signal; `true` when there is something to read (or its end).
  ///
  /// The signals are never held back: they would go to a thread of some library instead, and
  /// be handled after the keys that follow them.
  static func waitForInput() -> Bool {
    let wake = wakeInput.load(ordering: .relaxed)
    var descriptors = [
      pollfd(fd: 0, events: Int16(POLLIN), revents: 0),
      pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
    ]
    // poll leaves a negative descriptor out.
    guard poll(&descriptors, 2, -1) > 0 else { return false }
    var drained = [UInt8](repeating: 0, count: 64)
    if descriptors[1].revents != 0 { _ = read(wake, &drained, drained.count) }
    return descriptors[0].revents != 0
  }

  private static func receive(_ signal: Int32) {
    // The flag first: who takes the signal at the prompt clears the flag afterwards.
    if let pointer = UnsafeRawPointer(bitPattern: target.load(ordering: .acquiring)) {
      let flag = Unmanaged<InterruptFlag>.fromOpaque(pointer).takeUnretainedValue()
      if signal == SIGINT { flag.raise() } else { flag.raiseToEnd() }
    }
    if signal == SIGINT {
      // A request to end is not taken back by Ctrl-C.
      _ = pending.compareExchange(expected: 0, desired: SIGINT, ordering: .relaxed)
    } else {
      pending.store(signal, ordering: .relaxed)
      // The first asks; whoever asks once more is not content with waiting.
      if ending.exchange(signal, ordering: .relaxed) != 0 { LastResort.call(signal) }
    }
    wake()
    // Work that does not reach a safe point leaves a person helpless: name the way out.
    if count.wrappingAdd(1, ordering: .relaxed).newValue == 3 {
      let error = errno
      patience.withUTF8Buffer { _ = write(2, $0.baseAddress, $0.count) }
      errno = error
    }
  }

  /// Ctrl-\ ends work that does not stop. At the prompt, where the terminal's settings are the
  /// line editor's, it does nothing.
  private static func endAtOnce() {
    if count.load(ordering: .relaxed) >= 0 { _exit(128 + SIGQUIT) }
  }

  private static func note(_ flag: borrowing Atomic<Bool>) {
    flag.store(true, ordering: .relaxed)
    wake()
  }

  private static func wake() {
    Descriptor.signal(0, to: wakeOutput.load(ordering: .relaxed))
  }

  private static func openWakePipe() {
    guard wakeInput.load(ordering: .relaxed) < 0 else { return }
    guard let ends = Descriptor.pipe() else { return }
    // What is left in it must not make the prompt wait.
    _ = fcntl(ends.input, F_SETFL, O_NONBLOCK)
    wakeInput.store(ends.input, ordering: .relaxed)
    wakeOutput.store(ends.output, ordering: .relaxed)
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
    // Whoever started petl may have held the signal back, as the threads of some libraries do.
    var one = sigset_t()
    sigemptyset(&one)
    sigaddset(&one, signal)
    pthread_sigmask(SIG_UNBLOCK, &one, nil)
  }

  /// Whether whoever started petl asked for the signal to be ignored (`nohup`, `&`).
  private static func isIgnored(_ action: sigaction) -> Bool {
    guard let handler = action.__sigaction_handler.sa_handler else { return false }
    return unsafeBitCast(handler, to: Int.self) == 1
  }
}
