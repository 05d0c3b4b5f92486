import ASTKit
import Foundation
import Testing

struct ProductTraceTests {
  /// Large enough to be shared by several threads: `[256, 128] x [128, 64]`.
  private static func product() throws -> Tensor {
    try Tape(.inference, recording: false).linear(
      try Tensor([256, 128], filledWith: 1), weight: Tensor([64, 128], filledWith: 1),
      bias: try Tensor([64], filledWith: 1))
  }

  /// In a process of its own, where no other test keeps the second thread busy.
  @Test("a dry run lists its products and computes none, on every thread") func dry() async {
    await #expect(processExitsWith: .success) {
      Threads.count = 2
      nonisolated(unsafe) let results = UnsafeMutablePointer<Tensor?>.allocate(capacity: 20)
      results.initialize(repeating: nil, count: 20)
      let products = ProductTrace.record(computing: false) {
        Threads.forEach(20) { i in
          results[i] = try? Self.product()
          usleep(1000)  // so that one thread does not take them all
        }
      }
      let flops = products.map(\.flops)
      try #require(flops == [Double](repeating: 4_194_304, count: 20))
      for i in 0..<20 {
        let values = try #require(results[i]).values
        try #require(values.allSatisfy { $0 == 1 }, "only the bias is there")
      }
    }
  }

  @Test("work elsewhere in the process is computed and not listed") func others() throws {
    nonisolated(unsafe) var elsewhere = try Tensor([1])
    let products = ProductTrace.record(computing: false) {
      let done = DispatchSemaphore(value: 0)
      DispatchQueue.global().async {
        if let y = try? Self.product() { elsewhere = y }
        done.signal()
      }
      done.wait()
    }
    #expect(products == [])
    #expect(elsewhere.shape == [256, 64])
    #expect(elsewhere.values.allSatisfy { $0 == 129 })
  }
}
