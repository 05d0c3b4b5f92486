/// Reads the small part of Python's pickle language that files of tensors are written in.
///
/// A pickle is a program for a stack machine. This one has no instruction that calls
/// anything: `REDUCE` recognises the four functions of `PickleGlobal` and refuses the rest,
/// by name, when they are named. Every instruction consumes bytes of the file and makes at
/// most one value, so memory is bounded by the file and by `valueLimit`.
/// Instructions: CPython's `Lib/pickletools.py`.
struct Unpickler {
  /// More values than any published checkpoint has by a factor of ten.
  var valueLimit = 2_000_000
  static let depthLimit = 64

  let path: String
  let bytes: UnsafeRawBufferPointer
  /// The next byte to read; an old PyTorch file holds several pickles in a row.
  var position: Int
  var heap = PickleHeap()
  /// Depth of each sequence and dictionary, by index.
  private var sequenceDepths: [Int] = []
  private var dictionaryDepths: [Int] = []
  private var stack: [PickleValue] = []
  /// Stack heights at which a group of values begins.
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  private var made = 0
  /// Where the present instruction begins, for messages.
  private var start = 0

  init(path: String, bytes: UnsafeRawBufferPointer, position: Int = 0) {
    self.path = path
    self.bytes = bytes
    self.position = position
  }

  /// Runs one pickle to its `STOP` and returns the value it built.
  /// - Throws: `PickleError`.
  mutating func run() throws(PickleError) -> PickleValue {
    stack = []
    marks = []
    memo = [:]
    while true {
      start = position
      let opcode = try byte()
      if opcode == UInt8(ascii: ".") {
        guard marks.isEmpty, stack.count == 1, let value = stack.first else {
          throw fail(.operands("STOP"))
        }
        return value
      }
      try step(opcode)
    }
  }

  private mutating func step(_ opcode: UInt8) throws(PickleError) {
    switch opcode {
    case 0x80:  // PROTO
      guard try byte() <= 5 else { throw fail(.opcode(opcode)) }
    case 0x95:  // FRAME: a hint about the length of what follows
      let length = try integer(UInt64.self)
      guard length <= UInt64(bytes.count - position) else { throw fail(.truncated) }
    case UInt8(ascii: "("): marks.append(stack.count)
    case UInt8(ascii: "0"): _ = try pop("POP")

    case UInt8(ascii: "N"): try push(.none)
    case 0x88: try push(.bool(true))
    case 0x89: try push(.bool(false))
    case UInt8(ascii: "J"): try push(.integer(Int64(integer(Int32.self))))
    case UInt8(ascii: "K"): try push(.integer(Int64(byte())))
    case UInt8(ascii: "M"): try push(.integer(Int64(integer(UInt16.self))))
    case 0x8a: try pushLong(count: Int(byte()))
    case UInt8(ascii: "G"):
      try push(.double(Double(bitPattern: integer(UInt64.self).byteSwapped)))

    case UInt8(ascii: "X"): try push(.text(text(count: UInt64(integer(UInt32.self)))))
    case 0x8c: try push(.text(text(count: UInt64(byte()))))
    case 0x8d: try push(.text(text(count: integer(UInt64.self))))
    case UInt8(ascii: "U"): try push(.text(text(count: UInt64(byte()))))
    case UInt8(ascii: "T"): try push(.text(text(count: UInt64(integer(UInt32.self)))))
    case UInt8(ascii: "C"): try pushBytes(count: UInt64(byte()))
    case UInt8(ascii: "B"): try pushBytes(count: UInt64(integer(UInt32.self)))

    case UInt8(ascii: ")"): try pushTuple([])
    case 0x85, 0x86, 0x87: try pushTuple(popLast(Int(opcode) - 0x84, "TUPLE"))
    case UInt8(ascii: "t"): try pushTuple(popToMark("TUPLE"))
    case UInt8(ascii: "]"): try pushList()
    case UInt8(ascii: "a"): try append([pop("APPEND")])
    case UInt8(ascii: "e"): try append(popToMark("APPENDS"))
    case UInt8(ascii: "}"): try push(newDictionary())
    case UInt8(ascii: "s"): try setItems(popLast(2, "SETITEM"))
    case UInt8(ascii: "u"): try setItems(popToMark("SETITEMS"))

    case UInt8(ascii: "q"): try remember(Int(byte()))
    case UInt8(ascii: "r"): try remember(Int(integer(UInt32.self)))
    case 0x94: try remember(memo.count)
    case UInt8(ascii: "h"): try recall(Int(byte()))
    case UInt8(ascii: "j"): try recall(Int(integer(UInt32.self)))

    case UInt8(ascii: "c"):
      let module = try line()
      try pushGlobal("\(module).\(line())")
    case 0x93:
      let parts = try popLast(2, "STACK_GLOBAL")
      guard case .text(let module) = parts[0], case .text(let name) = parts[1] else {
        throw fail(.operands("STACK_GLOBAL"))
      }
      try pushGlobal("\(module).\(name)")
    case UInt8(ascii: "Q"): try pushStorage(pop("BINPERSID"))
    case UInt8(ascii: "R"):
      let parts = try popLast(2, "REDUCE")
      try reduce(parts[0], arguments: parts[1])
    case UInt8(ascii: "b"): try build()
    default: throw fail(.opcode(opcode))
    }
  }

  func fail(_ reason: PickleError.Reason) -> PickleError {
    PickleError(path: path, offset: start, reason: reason)
  }
}

// MARK: - Bytes

extension Unpickler {
  private mutating func take(_ count: UInt64) throws(PickleError) -> UnsafeRawBufferPointer {
    guard count <= UInt64(bytes.count - position) else { throw fail(.truncated) }
    let range = position..<(position + Int(count))
    position = range.upperBound
    return UnsafeRawBufferPointer(rebasing: bytes[range])
  }

  private mutating func byte() throws(PickleError) -> UInt8 { try take(1)[0] }

  private mutating func integer<T: FixedWidthInteger>(_: T.Type) throws(PickleError) -> T {
    T(littleEndian: try take(UInt64(T.bitWidth / 8)).loadUnaligned(as: T.self))
  }

  private mutating func text(count: UInt64) throws(PickleError) -> String {
    guard let text = String(validating: try take(count), as: UTF8.self) else {
      throw fail(.text)
    }
    return text
  }

  private mutating func line() throws(PickleError) -> String {
    let rest = bytes[position...]
    guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { throw fail(.truncated) }
    let line = try text(count: UInt64(end - position))
    position += 1
    return line
  }

  private mutating func pushBytes(count: UInt64) throws(PickleError) {
    _ = try take(count)
    try push(.bytes)
  }

  private mutating func pushLong(count: Int) throws(PickleError) {
    let digits = try take(UInt64(count))
    guard count <= 8 else { return try push(.largeInteger) }
    var value: UInt64 = (digits.last ?? 0) & 0x80 == 0 ? 0 : .max
    for digit in digits.reversed() { value = value << 8 | UInt64(digit) }
    try push(.integer(Int64(bitPattern: value)))
  }
}

// MARK: - Values

extension Unpickler {
  mutating func push(_ value: PickleValue) throws(PickleError) {
    try count(1)
    stack.append(value)
  }

  private mutating func count(_ values: Int) throws(PickleError) {
    made += values
    guard made <= valueLimit else { throw fail(.size(limit: valueLimit)) }
  }

  private mutating func pop(_ name: String) throws(PickleError) -> PickleValue {
    try popLast(1, name)[0]
  }

  private mutating func popLast(_ count: Int, _ name: String) throws(PickleError) -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else { throw fail(.operands(name)) }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popToMark(_ name: String) throws(PickleError) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw fail(.operands(name)) }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  private func depth(_ value: PickleValue) -> Int {
    switch value {
    case .tuple(let i), .list(let i): sequenceDepths[i]
    case .dictionary(let i): dictionaryDepths[i]
    default: 0
    }
  }

  /// One more than the deepest of the values.
  private func depth(around values: [PickleValue]) throws(PickleError) -> Int {
    let depth = 1 + (values.lazy.map { self.depth($0) }.max() ?? 0)
    guard depth <= Unpickler.depthLimit else { throw fail(.depth(limit: Unpickler.depthLimit)) }
    return depth
  }

  mutating func pushTuple(_ values: [PickleValue]) throws(PickleError) {
    sequenceDepths.append(try depth(around: values))
    heap.sequences.append(values)
    try push(.tuple(heap.sequences.count - 1))
  }

  private mutating func pushList() throws(PickleError) {
    sequenceDepths.append(1)
    heap.sequences.append([])
    try push(.list(heap.sequences.count - 1))
  }

  mutating func newDictionary() -> PickleValue {
    dictionaryDepths.append(1)
    heap.dictionaries.append([])
    return .dictionary(heap.dictionaries.count - 1)
  }

  private mutating func append(_ values: [PickleValue]) throws(PickleError) {
    guard stack.count > (marks.last ?? 0), case .list(let i)? = stack.last else {
      throw fail(.operands("APPEND"))
    }
    sequenceDepths[i] = max(sequenceDepths[i], try depth(around: values))
    heap.sequences[i] += values
  }

  private mutating func setItems(_ values: [PickleValue]) throws(PickleError) {
    guard stack.count > (marks.last ?? 0), case .dictionary(let i)? = stack.last,
      values.count.isMultiple(of: 2)
    else { throw fail(.operands("SETITEM")) }
    try addItems(values, to: i)
  }

  /// Adds keys and values that alternate in `values`.
  mutating func addItems(_ values: [PickleValue], to dictionary: Int) throws(PickleError) {
    dictionaryDepths[dictionary] = max(
      dictionaryDepths[dictionary], try depth(around: values))
    // One list may be turned into a dictionary again and again for a few bytes each.
    try count(values.count)
    for i in stride(from: 0, to: values.count, by: 2) {
      heap.dictionaries[dictionary].append((values[i], values[i + 1]))
    }
  }

  private mutating func remember(_ index: Int) throws(PickleError) {
    guard stack.count > (marks.last ?? 0), let value = stack.last else {
      throw fail(.operands("PUT"))
    }
    memo[index] = value
  }

  private mutating func recall(_ index: Int) throws(PickleError) {
    guard let value = memo[index] else { throw fail(.operands("GET")) }
    try push(value)
  }

  /// `BUILD` sets attributes. A dictionary's (`_metadata` of a state dict) say nothing about
  /// its tensors and are passed over; nothing else may have any.
  private mutating func build() throws(PickleError) {
    let parts = try popLast(2, "BUILD")
    guard case .dictionary = parts[0], case .dictionary = parts[1] else {
      throw fail(.misuse("attributes are set on something that is no dictionary"))
    }
    stack.append(parts[0])
  }
}
