import ASTKit
import Foundation
import Synchronization

/// Asks work to stop, again and again until it has ended, so that no request can be lost.
final class Stopper: Sendable {
  private let isOver = Atomic<Bool>(false)
  private let done = DispatchSemaphore(value: 0)

  /// - Parameter wait: waits, on a thread of its own, for the time to ask; `false` is never.
  init(_ flag: InterruptFlag, after wait: @escaping @Sendable () -> Bool) {
    Thread { [self] in
      if wait() {
        while !isOver.load(ordering: .relaxed) {
          flag.raise()
          Thread.sleep(forTimeInterval: 0.005)
        }
      }
      done.signal()
    }.start()
  }

  /// To be called when the work has ended. Afterwards the flag is not raised any more.
  func finish() {
    isOver.store(true, ordering: .relaxed)
    done.wait()
  }
}
