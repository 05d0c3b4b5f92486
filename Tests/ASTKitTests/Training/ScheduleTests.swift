import ASTKit
import Testing

/// The learning rate over a run, by hand.
struct ScheduleTests {
  private func factors(_ schedule: Schedule, total: Int, warmup: Int = 0) -> [Double] {
    (0..<total).map { schedule.factor(step: $0, total: total, warmup: warmup) }
  }

  private func expect(
    _ found: [Double], _ wanted: [Double], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(
      found.count == wanted.count && zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-9 },
      "\(found)", sourceLocation: sourceLocation)
  }

  @Test func cosine() {
    expect(factors(.cosine, total: 4), [1, 0.8535533906, 0.5, 0.1464466094])
    #expect(Schedule.cosine.factor(step: 4, total: 4) == 0)
    #expect(Schedule.cosine.factor(step: 9, total: 4) == 0)
  }

  @Test func linear() {
    expect(factors(.linear, total: 4), [1, 0.75, 0.5, 0.25])
    #expect(Schedule.linear.factor(step: 5, total: 4) == 0)
  }

  @Test func constant() { expect(factors(.constant, total: 3), [1, 1, 1]) }

  @Test func warmup() {
    expect(factors(.linear, total: 6, warmup: 2), [0.5, 1, 1, 0.75, 0.5, 0.25])
    expect(factors(.constant, total: 3, warmup: 5), [0.2, 0.4, 0.6])
    expect(factors(.cosine, total: 2, warmup: 2), [0.5, 1])
  }
}
