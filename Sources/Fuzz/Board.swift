import Foundation
import Synchronization

/// A page of memory that a worker and its supervisor share: what the worker is at survives
/// its crash.
final class Board {
  struct Values: ~Copyable {
    /// The input in work, or -1 before the first.
    let number = Atomic<Int>(-1)
    let count = Atomic<Int>(0)
    let accepted = Atomic<Int>(0)
  }

  let descriptor: Int32
  private let page: UnsafeMutablePointer<Values>
  private static let size = 4096

  /// A new page, or the one behind an open descriptor.
  init(_ shared: Int32? = nil) throws {
    let descriptor = shared ?? Board.unnamedFile()
    guard descriptor >= 0, shared != nil || ftruncate(descriptor, off_t(Board.size)) == 0,
      let base = mmap(nil, Board.size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
      base != MAP_FAILED
    else { throw Options.Mistake(what: "no memory to share with a worker") }
    self.descriptor = descriptor
    page = base.bindMemory(to: Values.self, capacity: 1)
    if shared == nil { page.initialize(to: Values()) }
  }

  private static func unnamedFile() -> Int32 {
    let path = "/dev/shm/petl-fuzz-board-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    unlink(path)
    return descriptor
  }

  deinit {
    munmap(page, Board.size)
    close(descriptor)
  }

  var number: Int {
    get { page.pointee.number.load(ordering: .relaxed) }
    set { page.pointee.number.store(newValue, ordering: .relaxed) }
  }
  var count: Int {
    get { page.pointee.count.load(ordering: .relaxed) }
    set { page.pointee.count.store(newValue, ordering: .relaxed) }
  }
  var accepted: Int {
    get { page.pointee.accepted.load(ordering: .relaxed) }
    set { page.pointee.accepted.store(newValue, ordering: .relaxed) }
  }
}
