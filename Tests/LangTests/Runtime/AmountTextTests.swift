import Testing

@testable import Lang

/// Estimates are said with as many digits as they are good for.
@Suite struct AmountTextTests {
  @Test(
    arguments: [
      (0.0123, "12.3 ms"), (1.27, "1.3 s"), (9.94, "9.9 s"), (9.96, "10 s"), (89.4, "89 s"),
      (89.6, "1 min"), (734, "12 min"), (5399, "1 h 30 min"), (7500, "2 h 5 min"),
      (.infinity, "?"), (.nan, "?"),
    ])
  func times(_ seconds: Double, _ text: String) {
    #expect(DurationText.about(seconds) == text)
  }

  @Test(
    arguments: [
      (0, "0 MB"), (850_400_000, "850 MB"), (999_600_000, "1 GB"), (1_240_000_000, "1.2 GB"),
      (9_960_000_000, "10 GB"), (23_600_000_000, "24 GB"), (.max, "9223372037 GB"),
    ])
  func sizes(_ bytes: Int, _ text: String) {
    #expect(SizeText.rounded(bytes) == text)
  }
}
