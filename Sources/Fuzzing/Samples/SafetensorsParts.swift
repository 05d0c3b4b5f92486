/// A safetensors file taken apart, so that its header can be changed and its length kept right.
package struct SafetensorsParts {
  package var header: [UInt8]
  package var data: [UInt8]

  package init(header: String, data: [UInt8]) {
    self.header = Array(header.utf8)
    self.data = data
  }

  /// The parts of a valid file.
  package init(_ file: [UInt8]) {
    let length = Int(clamping: file.number(at: 0, 8))
    header = Array(file[8..<(8 + length)])
    data = Array(file[(8 + length)...])
  }

  package var bytes: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 8)
    bytes.put(UInt64(header.count), at: 0, 8)
    return bytes + header + data
  }

  /// The file with a changed header, a changed end, or changed anywhere.
  package func changed(_ random: inout FuzzRandom) -> [UInt8] {
    var parts = self
    if random.chance(85) { JSONMutation.apply(to: &parts.header, &random) }
    if random.chance(10) { parts.data.removeLast(random.below(parts.data.count + 1)) }
    if random.chance(10) {
      parts.data += (0..<random.below(9)).map { _ in random.byte() }
    }
    var bytes = parts.bytes
    if random.chance(12) {
      let length = ByteMutation.value(
        UInt64(parts.header.count), width: random.pick([4, 8]), size: bytes.count, &random)
      bytes.put(length, at: 0, 8)
    }
    if random.chance(10) { ByteMutation.addNoise(&bytes, &random) }
    if random.chance(5) { bytes.removeLast(random.below(bytes.count)) }
    return bytes
  }
}
