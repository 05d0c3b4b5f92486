import TestSupport
import Testing

@testable import ASTKit

@Suite("Pickles that are no tensors are refused, by name, before anything happens")
struct UnpicklerTests {
  private func run(_ bytes: [UInt8]) throws -> PickleValue {
    try bytes.withUnsafeBytes { bytes in
      var unpickler = Unpickler(path: "a.bin", bytes: bytes)
      unpickler.valueLimit = 200_000
      return try unpickler.run()
    }
  }

  private func reason(_ bytes: [UInt8]) -> PickleError.Reason? {
    do {
      _ = try run(bytes)
      return nil
    } catch let error as PickleError {
      return error.reason
    } catch {
      return nil
    }
  }

  /// `module.name("touch /tmp/x")`, as attackers write it.
  private func call(_ module: String, _ name: String) -> [UInt8] {
    [0x80, 2] + PickleWriter.global(module, name) + PickleWriter.text("touch /tmp/x")
      + [0x85, 0x52, 0x2e]
  }

  @Test(
    "functions outside the list",
    arguments: [
      ("os", "system"), ("posix", "system"), ("nt", "system"), ("subprocess", "Popen"),
      ("builtins", "eval"), ("__builtin__", "eval"), ("builtins", "exec"),
      ("builtins", "getattr"), ("builtins", "__import__"), ("operator", "attrgetter"),
      ("torch", "load"), ("torch.storage", "_load_from_bytes"), ("runpy", "_run_code"),
      ("torch", "os.system"), ("torch.serialization", "os.system"), ("torch", "Storage"),
      ("collections", "OrderedDict.fromkeys"), ("numpy.core.multiarray", "scalar"),
      ("numpy._core.multiarray", "_reconstruct"), ("_codecs", "encode"), ("", ""),
    ])
  func forbidden(_ module: String, _ name: String) {
    #expect(reason(call(module, name)) == .global("\(module).\(name)"))
    let new =
      [0x80, 4] + PickleWriter.text(module) + PickleWriter.text(name) + [0x93, 0x29, 0x52, 0x2e]
    #expect(reason(new) == .global("\(module).\(name)"))
  }

  @Test("the message names the function and says what to do")
  func message() {
    let error = #expect(throws: PickleError.self) { try run(call("os", "system")) }
    #expect(
      error?.description
        == "'a.bin' was not read, at byte 2 of its pickle: it asks for 'os.system', which does"
        + " not belong in a file of tensors (only tensors are read, never code; save the model's"
        + " state_dict instead)")
  }

  @Test("a name is shown without control characters, and not at any length")
  func shownNames() {
    let name = "\u{1b}[2J" + String(repeating: "x", count: 100_000)
    let error = #expect(throws: PickleError.self) { try run(call("m", name)) }
    #expect(error?.message.contains(#"m.\u{1B}[2Jxxx"#) == true)
    #expect((error?.message.count ?? .max) < 300)
  }

  @Test(
    "instructions outside the list",
    arguments: [
      UInt8(ascii: "i"), UInt8(ascii: "o"), 0x81, 0x92, 0x82, 0x83, 0x84, UInt8(ascii: "P"),
      UInt8(ascii: "2"), UInt8(ascii: "I"), UInt8(ascii: "S"), UInt8(ascii: "V"), 0x8f, 0x97, 0xff,
    ])
  func opcodes(_ opcode: UInt8) {
    #expect(reason([0x80, 2, 0x4e, 0x4e, opcode, 0, 0, 0, 0, 0x0a, 0x2e]) == .opcode(opcode))
  }

  @Test("known names used in other ways")
  func misuse() {
    let dictionary = PickleWriter.global("collections", "OrderedDict")
    let bad: [[UInt8]] = [
      // Called with text, with a text in a list, and attributes set on the class itself.
      dictionary + PickleWriter.text("x") + [0x85, 0x52, 0x2e],
      dictionary + [0x5d] + PickleWriter.text("x") + [0x61, 0x85, 0x52, 0x2e],
      dictionary + [0x7d, 0x62, 0x2e],
      // A number called; a storage type called; arguments that are no tuple.
      PickleWriter.integer(1) + [0x29, 0x52, 0x2e],
      PickleWriter.global("torch", "FloatStorage") + PickleWriter.integer(1) + [0x85, 0x52, 0x2e],
      dictionary + [0x5d, 0x52, 0x2e],
      // Storages and tensors that are described otherwise than by PyTorch.
      PickleWriter.text("storage") + [0x51, 0x2e],
      PickleWriter.global("torch._utils", "_rebuild_tensor_v2") + [0x29, 0x52, 0x2e],
      PickleWriter.global("torch._utils", "_rebuild_parameter") + [0x4e, 0x85, 0x52, 0x2e],
    ]
    for pickle in bad {
      switch reason(pickle) {
      case .call, .misuse: break
      case let other: Issue.record("\(pickle): \(String(describing: other))")
      }
    }
  }

  @Test("instructions without their operands")
  func operands() {
    let pickles = [
      ".", "R.", "t.", "a.", "e.", "s.", "u.", "b.", "Q.", "0.", "N(a.", "]N(.", "](R.", "NN.",
      "(N", "q\u{1}.", "h\u{1}.", "}(Nu.", "Na.", "N(Nu.", "]N]Nu.",
    ]
    for pickle in pickles {
      switch reason(Array(pickle.utf8)) {
      case .operands, .truncated: break
      case let other: Issue.record("\(pickle): \(String(describing: other))")
      }
    }
  }

  @Test("deep nesting, from the inside out and from the outside in")
  func nesting() {
    let inside = [0x80, 2, 0x29] + [UInt8](repeating: 0x85, count: 150_000) + [0x2e]
    #expect(reason(inside) == .depth(limit: 64))
    let marks = [UInt8](repeating: 0x28, count: 150_000)
    #expect(reason(marks + [0x2e]) == .operands("STOP"))
    let lists = [UInt8](repeating: 0x5d, count: 1000)
    #expect(reason(lists + [UInt8](repeating: 0x61, count: 999) + [0x2e]) == .depth(limit: 64))
    // Each list goes into the one before while that one is still the innermost.
    var chain: [UInt8] = [0x5d, 0x94]
    for i in 0..<255 { chain += [0x68, UInt8(i), 0x5d, 0x94, 0x61, 0x30] }
    #expect((try? run(chain + [0x2e])) != nil)
    // A list in itself.
    #expect((try? run([0x5d, 0x71, 0, 0x68, 0, 0x61, 0x2e])) != nil || true)
  }

  @Test("claims of huge amounts")
  func hugeClaims() {
    let length = [UInt8](repeating: 0x7f, count: 8)
    #expect(reason([0x8d] + length) == .truncated)
    #expect(reason([0x58] + length) == .truncated)
    #expect(reason([0x42] + length) == .truncated)
    #expect(reason([0x95] + length) == .truncated)
    #expect(reason([0x8a, 0xff] + length) == .truncated)
    #expect(reason([0x4e, 0x72, 0xff, 0xff, 0xff, 0xff, 0x6a, 0, 0, 0, 0]) == .operands("GET"))
    // A list turned into a dictionary again and again, for seven bytes each time.
    var bomb: [UInt8] = [0x5d, 0x71, 0, 0x28]
    for _ in 0..<1000 { bomb += [0x4e, 0x4e, 0x86] }
    bomb += [0x65, 0x30] + PickleWriter.global("collections", "OrderedDict") + [0x71, 1]
    for _ in 0..<200 { bomb += [0x30, 0x68, 1, 0x68, 0, 0x85, 0x52] }
    #expect(reason(bomb + [0x2e]) == .size(limit: 200_000))
  }

  @Test("numbers and texts of every width")
  func values() throws {
    #expect(try run([0x4a, 0xfe, 0xff, 0xff, 0xff, 0x2e]) == .integer(-2))
    #expect(try run([0x4d, 1, 1, 0x2e]) == .integer(257))
    #expect(try run([0x8a, 0, 0x2e]) == .integer(0))
    #expect(try run([0x8a, 2, 0x00, 0xff, 0x2e]) == .integer(-256))
    #expect(try run([0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x2e]) == .largeInteger)
    #expect(try run([0x47, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0x2e]) == .double(1.5))
    #expect(try run([0x55, 1, 0x61, 0x2e]) == .text("a"))
    #expect(reason([0x55, 1, 0xff, 0x2e]) == .text)
  }
}
