/// A pickle as a list of instructions, so that changes keep it one.
package struct Pickle {
  package var instructions: [[UInt8]]

  package init(_ instructions: [[UInt8]]) { self.instructions = instructions }

  package var bytes: [UInt8] { Array(instructions.joined()) }

  // MARK: - Instructions

  package static let stop: [UInt8] = [0x2E]
  package static let mark: [UInt8] = [0x28]
  package static let protocol2: [UInt8] = [0x80, 2]

  package static func text(_ value: String) -> [UInt8] {
    [0x58] + little(UInt32(value.utf8.count)) + value.utf8
  }
  package static func integer(_ value: Int) -> [UInt8] {
    (0...255).contains(value)
      ? [0x4B, UInt8(value)] : [0x4A] + little(Int32(truncatingIfNeeded: value))
  }
  package static func long(_ value: Int) -> [UInt8] { [0x8A, 8] + little(Int64(value)) }
  package static func global(_ module: String, _ name: String) -> [UInt8] {
    [0x63] + "\(module)\n\(name)\n".utf8
  }
  package static func put(_ slot: UInt8) -> [UInt8] { [0x71, slot] }
  package static func get(_ slot: UInt8) -> [UInt8] { [0x68, slot] }

  static func tuple(_ values: [[UInt8]]) -> [[UInt8]] { [mark] + values + [[0x74]] }

  /// A call of `_rebuild_tensor_v2`; `old` ends the storage's description as files before
  /// PyTorch 1.6 do.
  static func tensor(
    key: String, type: String, count: Int, offset: Int, shape: [Int], strides: [Int], old: Bool
  ) -> [[UInt8]] {
    let storage =
      tuple(
        [text("storage"), global("torch", type), text(key), text("cpu"), integer(count)]
          + (old ? [[0x4E]] : [])) + [[0x51]]
    let arguments =
      [mark] + storage + [integer(offset)] + tuple(shape.map(integer))
      + tuple(strides.map(integer)) + [
        [0x89], global("collections", "OrderedDict"), [0x29], [0x52],
      ]
      + [[0x74]]
    return [global("torch._utils", "_rebuild_tensor_v2")] + arguments + [[0x52]]
  }

  /// A state dict of three storages, as `{"model": …, "epoch": 3}`.
  package static func stateDictionary(old: Bool) -> Pickle {
    let tensors: [(String, [[UInt8]])] = [
      (
        "a",
        tensor(
          key: "0", type: "FloatStorage", count: 6, offset: 0, shape: [2, 3], strides: [3, 1],
          old: old)
      ),
      (
        "t",
        tensor(
          key: "0", type: "FloatStorage", count: 6, offset: 0, shape: [3, 2], strides: [1, 3],
          old: old)
      ),
      (
        "part",
        tensor(
          key: "0", type: "FloatStorage", count: 6, offset: 4, shape: [2], strides: [1], old: old)
      ),
      (
        "half",
        tensor(
          key: "1", type: "HalfStorage", count: 2, offset: 0, shape: [2], strides: [1], old: old)
      ),
      (
        "n",
        tensor(key: "2", type: "LongStorage", count: 1, offset: 0, shape: [], strides: [], old: old)
      ),
    ]
    let items = tensors.flatMap { [text($0.0)] + $0.1 }
    return Pickle(
      [
        protocol2, [0x7D], put(0), mark, text("model"), global("collections", "OrderedDict"),
        [0x29], [0x52], put(1), mark,
      ] + items + [[0x75], text("epoch"), integer(3), [0x75], stop])
  }

  // MARK: - Changes

  private static let pool: [[UInt8]] =
    [
      stop, mark, protocol2, [0x80, 6], [0x30], [0x4E], [0x88], [0x89], [0x29], [0x5D], [0x7D],
      [0x85], [0x86], [0x87], [0x74], [0x61], [0x65], [0x73], [0x75], [0x94], [0x52], [0x51],
      [0x62],
      [0x93], [0x47, 0x7F, 0xF8, 0, 0, 0, 0, 0, 0], [0x8A, 0],
      [0x8A, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      [0x95, 255, 0, 0, 0, 0, 0, 0, 0], [0x8D, 255, 255, 255, 255, 255, 255, 255, 255],
      [0x58, 255, 255, 255, 127], [0x42, 0, 0, 0, 128], [0x43, 3, 1, 2, 3], [0x55, 1, 0xFF],
      [0x72, 255, 255, 255, 255], [0x6A, 0, 0, 0, 0], get(0), get(1), get(9), put(0), put(255),
      integer(-1), integer(1 << 20), long(.max), long(.min), long(1 << 40), long(-1), text(""),
      text("0"), text("storage"), text("\u{1B}[31m"), global("os", "system"),
      global("torch", "Size"), global("torch._utils", "_rebuild_parameter"),
      global("collections", "OrderedDict"), global("torch", "DoubleStorage"),
      global("torch", "BoolStorage"), global("numpy\u{1B}", "x"),
    ]

  package func changed(_ random: inout FuzzRandom) -> Pickle {
    var result = self
    for _ in 0...random.below(random.chance(80) ? 2 : 10) {
      let count = result.instructions.count
      guard count > 0 else { break }
      let at = random.below(count)
      switch random.below(9) {
      case 0: result.instructions.remove(at: at)
      case 1: result.instructions.insert(result.instructions[random.below(count)], at: at)
      case 2: result.instructions.swapAt(at, random.below(count))
      case 3: result.instructions.insert(random.pick(Pickle.pool), at: at)
      case 4: result.instructions[at] = random.pick(Pickle.pool)
      case 5:
        // The same few instructions again and again.
        let piece = result.instructions[at..<min(count, at + 1 + random.below(6))]
        for _ in 0..<(1 << random.below(10)) {
          result.instructions.insert(contentsOf: piece, at: at)
        }
      default: result.changeArgument(at, &random)
      }
    }
    return result
  }

  private mutating func changeArgument(_ at: Int, _ random: inout FuzzRandom) {
    var instruction = instructions[at]
    guard instruction.count > 1 else { return instructions[at] = random.pick(Pickle.pool) }
    let width = min(random.pick([1, 2, 4, 8]), instruction.count - 1)
    let offset = 1 + random.below(instruction.count - width)
    let old = instruction.number(at: offset, width)
    instruction.put(
      ByteMutation.value(old, width: width, size: bytes.count, &random), at: offset, width)
    instructions[at] = instruction
  }

  static func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian, Array.init)
  }
}
