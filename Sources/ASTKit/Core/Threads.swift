import Dispatch
import Synchronization

/// The engine's one pool of threads: every parallel loop, matrix products included, is
/// split here, and BLAS itself runs on the calling thread.
///
/// A loop is cut into `count` fixed pieces, so a result depends on the thread count only
/// through rounding, and two runs with the same count give the same bytes.
public enum Threads {
  private static let setting = Atomic<Int>(0)

  /// Threads that share a loop; the number of cores unless set.
  public static var count: Int {
    get {
      let value = setting.load(ordering: .relaxed)
      return value > 0 ? value : availableCores
    }
    set { setting.store(max(1, newValue), ordering: .relaxed) }
  }

  /// Cores this process may use.
  public static let availableCores = max(1, processorCount())

  /// Runs `body(i)` for every `i` in `0..<count`, in parallel, one item at a time: for items
  /// that take long or differ in length (files, attention heads).
  public static func forEach(_ count: Int, _ body: (Int) -> Void) {
    if count <= 1 || Threads.count == 1 {
      for i in 0..<count { body(i) }
      return
    }
    let next = Atomic<Int>(0)
    together(min(Threads.count, count)) { _ in
      while true {
        let i = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if i >= count { return }
        body(i)
      }
    }
  }

  /// Cuts `0..<count` into one contiguous range a thread, each at least `grain` long, and
  /// runs `body(range)` for each in parallel.
  public static func split(_ count: Int, grain: Int = 1, _ body: (Range<Int>) -> Void) {
    splitPieces(count, grain: grain) { _, range in body(range) }
  }

  /// How many ranges `split` makes.
  static func pieces(_ count: Int, grain: Int = 1) -> Int {
    max(1, min(Threads.count, count / max(1, grain)))
  }

  /// As `split`, and tells which of the `pieces` a range is, so that each can have scratch
  /// memory of its own that the caller took beforehand: taken inside, how much of it lives at
  /// once would depend on the moment.
  static func splitPieces(
    _ count: Int, grain: Int = 1, _ body: (_ piece: Int, Range<Int>) -> Void
  ) {
    let pieces = pieces(count, grain: grain)
    if pieces == 1 {
      body(0, 0..<count)
      return
    }
    together(pieces) { i in body(i, (count * i / pieces)..<(count * (i + 1) / pieces)) }
  }

  /// Runs `body(i)` for every `i` in `0..<workers`, each on a thread of its own if there is
  /// one, with the caller's product trace.
  private static func together(_ workers: Int, _ body: (Int) -> Void) {
    // The loop ends before this function does, so nothing escapes to another thread for longer.
    nonisolated(unsafe) let work = body
    guard ThreadSupply.has(workers - 1) else {
      // The same pieces one after the other: the same result.
      for i in 0..<workers { work(i) }
      return
    }
    guard let trace = ProductTrace.current else {
      DispatchQueue.concurrentPerform(iterations: workers) { work($0) }
      return
    }
    DispatchQueue.concurrentPerform(iterations: workers) { i in
      ProductTrace.$current.withValue(trace) { work(i) }
    }
  }
}
