/// Changes to the bytes of a valid file: numbers set to the values that break readers, parts
/// doubled, dropped and exchanged, noise, and ends cut off.
package enum ByteMutation {
  /// - Parameters:
  ///   - layout: of `bytes`.
  ///   - donors: other files, parts of which may be put in.
  ///   - repair: makes checksums right again, so that the change is looked at.
  package static func apply(
    to bytes: inout [UInt8], _ layout: Layout, donors: [[UInt8]], _ random: inout FuzzRandom,
    repair: (inout [UInt8]) -> Void = { _ in }
  ) {
    // Numbers first: afterwards nothing is where the layout says.
    let kinds = random.below(16)
    if kinds & 3 != 0 || kinds == 0 { changeFields(&bytes, layout, &random) }
    if kinds & 12 == 4 { changeParts(&bytes, layout, donors, &random) }
    if kinds & 12 == 8 { addNoise(&bytes, &random) }
    if kinds & 12 == 12, random.chance(40) { splice(&bytes, donors, &random) }
    if random.chance(80) { repair(&bytes) }
    if random.chance(8) { bytes.removeLast(random.below(bytes.count)) }
  }

  /// The input when it is the turn of a cut: one of 16 inputs is, and they go through all
  /// lengths.
  package static func cut(_ bytes: [UInt8], turn: Int) -> [UInt8] {
    Array(bytes.prefix(turn % max(1, bytes.count)))
  }

  private static func changeFields(
    _ bytes: inout [UInt8], _ layout: Layout, _ random: inout FuzzRandom
  ) {
    guard !layout.fields.isEmpty else { return addNoise(&bytes, &random) }
    for _ in 0...random.below(random.chance(70) ? 2 : 6) {
      let field = random.pick(layout.fields)
      guard field.offset + field.width <= bytes.count else { continue }
      let old = bytes.number(at: field.offset, field.width, bigEndian: field.bigEndian)
      bytes.put(
        value(old, width: field.width, size: bytes.count, &random), at: field.offset,
        field.width, bigEndian: field.bigEndian)
    }
  }

  /// A number likely to be handled wrongly in place of `old`.
  package static func value(
    _ old: UInt64, width: Int, size: Int, _ random: inout FuzzRandom
  ) -> UInt64 {
    let most = UInt64.max >> UInt64(64 - 8 * width)
    switch random.below(14) {
    case 0: return 0
    case 1: return 1
    case 2: return most
    case 3: return most - 1
    case 4: return most >> 1
    case 5: return (most >> 1) + 1
    case 6: return 1 << UInt64(random.below(8 * width))
    case 7: return (1 << UInt64(random.below(8 * width))) &- 1
    case 8: return old &+ 1
    case 9: return old &- 1
    case 10: return old &+ UInt64(random.below(64)) &- 32
    case 11: return random.chance(50) ? old << 1 : old >> 1
    case 12: return UInt64(max(0, size + random.below(17) - 8))
    default: return random.next() & most
    }
  }

  private static func changeParts(
    _ bytes: inout [UInt8], _ layout: Layout, _ donors: [[UInt8]], _ random: inout FuzzRandom
  ) {
    guard layout.parts.count > 1 else { return splice(&bytes, donors, &random) }
    var parts = layout.parts.filter { $0.upperBound <= bytes.count }.map { Array(bytes[$0]) }
    guard !parts.isEmpty, let start = layout.parts.first?.lowerBound,
      let end = layout.parts.last(where: { $0.upperBound <= bytes.count })?.upperBound
    else { return }
    for _ in 0...random.below(2) {
      let (a, b) = (random.below(parts.count), random.below(parts.count))
      switch random.below(4) {
      case 0: parts.insert(parts[a], at: b)
      case 1 where parts.count > 1: parts.remove(at: a)
      case 2: parts.swapAt(a, b)
      default: parts[a] += parts[b]
      }
    }
    bytes = Array(bytes[..<start]) + Array(parts.joined()) + bytes[end...]
  }

  package static func addNoise(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
    for _ in 0...random.below(4) where !bytes.isEmpty {
      let at = random.below(bytes.count)
      let length = min(bytes.count - at, 1 + random.below(random.chance(80) ? 8 : 200))
      switch random.below(6) {
      case 0, 1: bytes[at] ^= 1 << UInt8(random.below(8))
      case 2: bytes[at] = random.byte()
      case 3: for i in at..<(at + length) { bytes[i] = random.byte() }
      case 4: bytes.removeSubrange(at..<(at + length))
      default: bytes.insert(contentsOf: Array(bytes[at..<(at + length)]), at: at)
      }
    }
  }

  /// Goes on with another file from somewhere.
  private static func splice(
    _ bytes: inout [UInt8], _ donors: [[UInt8]], _ random: inout FuzzRandom
  ) {
    guard !donors.isEmpty else { return addNoise(&bytes, &random) }
    let donor = random.pick(donors)
    let from = random.below(donor.count)
    let piece = donor[from..<min(donor.count, from + 1 + random.below(400))]
    let at = random.below(bytes.count)
    if random.chance(50) {
      bytes.insert(contentsOf: piece, at: at)
    } else {
      bytes.replaceSubrange(at..<min(bytes.count, at + piece.count), with: piece)
    }
  }
}
