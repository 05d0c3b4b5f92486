import Glibc

/// Signals held back so that none slips in between a look at its flag and the wait for input.
struct SignalMask {
  private let previous: sigset_t

  /// Holds `signals` back until `restore()`.
  static func hold(_ signals: [Int32]) -> SignalMask {
    var held = sigset_t()
    var previous = sigset_t()
    sigemptyset(&held)
    for signal in signals { sigaddset(&held, signal) }
    pthread_sigmask(SIG_BLOCK, &held, &previous)
    return SignalMask(previous: previous)
  }

  func restore() {
    var mask = previous
    pthread_sigmask(SIG_SETMASK, &mask, nil)
  }

  /// Lets the signals that have gathered act now, then holds them back again.
  func letThrough() {
    var mask = previous
    var held = sigset_t()
    pthread_sigmask(SIG_SETMASK, &mask, &held)
    pthread_sigmask(SIG_SETMASK, &held, nil)
  }

  /// Waits for standard input with the signals let through; `true` when there is something to
  /// read (or its end), `false` when a signal came first.
  func waitForInput() -> Bool {
    var mask = previous
    var descriptors = fd_set()
    descriptors.__fds_bits.0 = 1
    // Another thread may have taken the signal: look at the flags now and then.
    var longest = timespec(tv_sec: 1, tv_nsec: 0)
    return pselect(1, &descriptors, nil, nil, &longest, &mask) > 0
  }

  /// Whether there is something to read within the time.
  static func inputArrives(on descriptor: Int32, withinMilliseconds limit: Int32) -> Bool {
    var descriptors = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&descriptors, 1, limit) > 0
  }
}
