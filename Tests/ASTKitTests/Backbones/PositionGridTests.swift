import ASTKit
import TestSupport
import Testing

@Suite("Position embeddings for another number of patches")
struct PositionGridTests {
  /// F x T = 2 x 3, hidden 2, after one row for a token.
  private func embeddings() throws -> Tensor {
    try Tensor(
      [1, 7, 2],
      values: [-1, -2] + (0..<12).map { Float($0 * $0) / 10 })
  }

  /// ```python
  /// x = torch.arange(12.).reshape(2, 3, 2) ** 2 / 10
  /// y = torch.nn.functional.interpolate(x.permute(2, 0, 1)[None], (2, 5), mode="bilinear")
  /// y = torch.nn.functional.interpolate(y, (3, 5), mode="bilinear")
  /// ```
  @Test("longer axes are interpolated as PyTorch does, token rows are kept")
  func interpolated() throws {
    let expected: [Float] = [
      -1, -2, 0, 0.1, 0.16, 0.42, 0.4, 0.9, 1.12, 1.86, 1.6, 2.5, 1.8, 2.5, 2.44, 3.3, 3.4, 4.5,
      4.84, 6.18, 5.8, 7.3, 3.6, 4.9, 4.72, 6.18, 6.4, 8.1, 8.56, 10.5, 10, 12.1,
    ]
    let resized = try PositionGrid(frequency: 3, time: 5).resize(
      embeddings(), from: PositionGrid(frequency: 2, time: 3), extra: 1)
    #expect(resized.shape == [1, 16, 2])
    for (found, wanted) in zip(resized.values, expected) { #expect(abs(found - wanted) < 1e-5) }
  }

  @Test("shorter axes are cut from the middle")
  func cut() throws {
    let resized = try PositionGrid(frequency: 1, time: 1).resize(
      embeddings(), from: PositionGrid(frequency: 2, time: 3), extra: 1)
    // Frequency row 2/2 - 1/2 = 1, time 3/2 - 1/2 = 1: elements 8 and 9.
    #expect(resized.values == [-1, -2, 6.4, 8.1])
  }

  @Test("the same grid gives the same values in memory of its own")
  func same() throws {
    let old = try embeddings()
    let grid = PositionGrid(frequency: 2, time: 3)
    let resized = try grid.resize(old, from: grid, extra: 1)
    #expect(resized.values == old.values)
    #expect(resized.pointer != old.pointer)
  }

  @Test("every grid of the reference numbers", .enabled(if: Goldens.exist, "no goldens"))
  func references() throws {
    let file = try Goldens.file("pos_resize_original_ast")
    let positions = try file.tensor("position_embeddings")
    var count = 0
    for name in file.names where name.hasPrefix("grid/") {
      let sizes = name.dropFirst(5).split(separator: "x").compactMap { Int($0) }
      let resized = try PositionGrid(frequency: sizes[0], time: sizes[1]).resize(
        positions, from: PositionGrid(frequency: 12, time: 9))
      let wanted = try file.tensor(name)
      #expect(resized.shape == wanted.shape)
      let difference = zip(resized.values, wanted.values).map { abs($0 - $1) }.max() ?? 1
      #expect(difference <= 1e-6, "\(name)")
      count += 1
    }
    #expect(count == 11)
  }

  @Test("AST-base: 12 x 101 patches; a spectrogram shorter than a patch has none")
  func sizes() {
    #expect(
      PositionGrid(melBins: 128, frames: 1024) == PositionGrid(frequency: 12, time: 101))
    #expect(PositionGrid(melBins: 128, frames: 1024).rows() == 1214)
    #expect(PositionGrid(melBins: 128, frames: 10).time == 0)
  }

  @Test("embeddings that do not fit the old grid, and an empty new grid, are errors")
  func errors() throws {
    let old = try embeddings()
    let three = PositionGrid(frequency: 3, time: 3)
    #expect(throws: EngineError.self) { try three.resize(old, from: three, extra: 1) }
    #expect(throws: EngineError.self) {
      try PositionGrid(frequency: 0, time: 3).resize(
        old, from: PositionGrid(frequency: 2, time: 3), extra: 1)
    }
  }
}
