/// Zip archives of stored records, as `torch.save` writes them, and where their numbers are.
package struct ZipArchive {
  package var records: [(name: String, data: [UInt8])]
  /// Whether sizes are kept in the 64-bit fields.
  package var is64Bit = false

  package init(_ records: [(name: String, data: [UInt8])], is64Bit: Bool = false) {
    self.records = records
    self.is64Bit = is64Bit
  }

  package func made() -> (bytes: [UInt8], layout: Layout) {
    var bytes: [UInt8] = []
    var layout = Layout()
    var directory: [[UInt8]] = []
    for record in records {
      let start = bytes.count
      let size = is64Bit ? UInt64(UInt32.max) : UInt64(record.data.count)
      var common = [UInt8](repeating: 0, count: 26)
      common.put(UInt64(Checksum.zip(record.data)), at: 10, 4)
      common.put(size, at: 14, 4)
      common.put(size, at: 18, 4)
      common.put(UInt64(record.name.utf8.count), at: 22, 2)
      let local: [UInt8] = [0x50, 0x4B, 3, 4] + common + record.name.utf8 + record.data
      layout.parts.append(start..<(start + local.count))
      for (offset, width) in [(0, 4), (6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2)] {
        layout.add(start + offset, width)
      }
      bytes += local
      directory.append(entry(record, common, at: start))
    }
    let directoryStart = bytes.count
    for entry in directory {
      let start = bytes.count
      layout.parts.append(start..<(start + entry.count))
      for (offset, width) in [
        (0, 4), (8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (32, 2), (42, 4),
      ] { layout.add(start + offset, width) }
      if is64Bit {
        let extra = start + entry.count - 28
        for (offset, width) in [(0, 2), (2, 2), (4, 8), (12, 8), (20, 8)] {
          layout.add(extra + offset, width)
        }
      }
      bytes += entry
    }
    end(&bytes, &layout, directoryStart)
    return (bytes, layout)
  }

  private func entry(
    _ record: (name: String, data: [UInt8]), _ common: [UInt8], at start: Int
  ) -> [UInt8] {
    var head = [UInt8](repeating: 0, count: 46)
    head.replaceSubrange(0..<4, with: [0x50, 0x4B, 1, 2])
    head.replaceSubrange(6..<32, with: common)
    head.put(is64Bit ? UInt64(UInt32.max) : UInt64(start), at: 42, 4)
    var extra: [UInt8] = []
    if is64Bit {
      extra = [UInt8](repeating: 0, count: 28)
      extra.put(1, at: 0, 2)
      extra.put(24, at: 2, 2)
      extra.put(UInt64(record.data.count), at: 4, 8)
      extra.put(UInt64(record.data.count), at: 12, 8)
      extra.put(UInt64(start), at: 20, 8)
    }
    head.put(UInt64(extra.count), at: 30, 2)
    return head + record.name.utf8 + extra
  }

  private func end(_ bytes: inout [UInt8], _ layout: inout Layout, _ directoryStart: Int) {
    let size = bytes.count - directoryStart
    if is64Bit {
      let start = bytes.count
      var record = [UInt8](repeating: 0, count: 76)
      record.replaceSubrange(0..<4, with: [0x50, 0x4B, 6, 6])
      record.put(44, at: 4, 8)
      record.put(UInt64(records.count), at: 24, 8)
      record.put(UInt64(records.count), at: 32, 8)
      record.put(UInt64(size), at: 40, 8)
      record.put(UInt64(directoryStart), at: 48, 8)
      record.replaceSubrange(56..<60, with: [0x50, 0x4B, 6, 7])
      record.put(UInt64(start), at: 64, 8)
      for offset in [4, 24, 32, 40, 48, 64] { layout.add(start + offset, 8) }
      bytes += record
    }
    let start = bytes.count
    var record = [UInt8](repeating: 0, count: 22)
    record.replaceSubrange(0..<4, with: [0x50, 0x4B, 5, 6])
    record.put(UInt64(records.count), at: 8, 2)
    record.put(UInt64(records.count), at: 10, 2)
    record.put(UInt64(size), at: 12, 4)
    record.put(UInt64(directoryStart), at: 16, 4)
    for (offset, width) in [(0, 4), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)] {
      layout.add(start + offset, width)
    }
    layout.parts.append(start..<(start + 22))
    bytes += record
  }
}
