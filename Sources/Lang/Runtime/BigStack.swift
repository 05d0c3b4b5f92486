import ASTKit
import Glibc

/// Runs the interpreter on a thread whose stack is large enough for every depth the language
/// allows, so that recursion ends in an error and never in a crash.
enum BigStack {
  static let bytes = 256 << 20
  /// What commands may use below the interpreter's own frames.
  static let reserve = 16 << 20

  /// Runs `body` on such a thread and waits. `body` gets the lowest address that the
  /// interpreter may grow its stack to.
  static func run(_ body: @escaping (UInt) -> Void) {
    // Memory for C to fill in: the initialisers of C structs belong to whichever module of
    // the package happens to include their header first.
    let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
    pthread_attr_init(attributes)
    defer {
      pthread_attr_destroy(attributes)
      attributes.deallocate()
    }
    // As much again is left for the work itself where address space is limited.
    for size in [bytes, bytes / 4] where MemoryReserve.has(2 * size) {
      pthread_attr_setstacksize(attributes, size)
      let box = Unmanaged.passRetained(Box(size, body))
      var thread = pthread_t()
      let status = pthread_create(
        &thread, attributes,
        { pointer in
          guard let pointer else { return nil }
          let box = Unmanaged<Box>.fromOpaque(pointer).takeRetainedValue()
          var marker: UInt8 = 0
          let top = withUnsafePointer(to: &marker) { UInt(bitPattern: $0) }
          box.body(top - UInt(box.size - BigStack.reserve))
          return nil
        }, box.toOpaque())
      if status == 0 {
        pthread_join(thread, nil)
        return
      }
      box.release()
    }
    // No thread can be had: run here, with as much stack as any thread has.
    var marker: UInt8 = 0
    let top = withUnsafePointer(to: &marker) { UInt(bitPattern: $0) }
    body(top - UInt(4 << 20))
  }

  private final class Box {
    let size: Int
    let body: (UInt) -> Void
    init(_ size: Int, _ body: @escaping (UInt) -> Void) {
      self.size = size
      self.body = body
    }
  }
}
