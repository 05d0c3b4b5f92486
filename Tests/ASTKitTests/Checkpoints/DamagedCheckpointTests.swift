import Foundation
import TestSupport
import Testing

@testable import ASTKit

/// Whatever happens to a checkpoint is noticed before a run is made of it.
@Suite struct DamagedCheckpointTests {
  private let run: CheckpointRun
  private let bytes: [UInt8]

  init() throws {
    run = try CheckpointRun()
    bytes = try run.bytes(run.full())
  }

  private func refusal(_ bytes: [UInt8]) throws -> String? {
    try AtomicFile.write(run.path, bytes: bytes)
    do {
      _ = try Checkpoint.resume(run.path)
      return nil
    } catch let error as any DescribedError {
      return error.message
    }
  }

  @Test("A file cut anywhere")
  func cut() throws {
    #expect(try refusal(bytes) == nil)
    for place in 0..<60 {
      #expect(try refusal(Array(bytes.prefix(bytes.count * place / 60))) != nil, "\(place)")
    }
    #expect(try refusal(Array(bytes.dropLast())) != nil)
    #expect(try refusal(bytes + [0]) != nil)
  }

  /// Foundation's decoder traps on a text that breaks off deep inside brackets.
  @Test("A description of brackets", arguments: [300, 513, 5000])
  func brackets(_ depth: Int) throws {
    for start in ["", "{\"format\":", "{\"format\":1,\"model\":"] {
      let text = start + String(repeating: "[", count: depth)
      let metadata = [CheckpointDescription.key: text]
      try AtomicFile.write(
        run.path, Safetensors.contents([], metadata: metadata, isSealed: true, path: run.path))
      #expect(
        throws: CheckpointError.damaged(path: run.path, reason: "it is not valid JSON")
      ) { try Checkpoint.resume(run.path) }
    }
  }

  @Test("A byte changed anywhere: in the header's length, its JSON, its padding, a tensor")
  func flipped() throws {
    let header = Int(bytes[0]) | Int(bytes[1]) << 8 | Int(bytes[2]) << 16
    let data = bytes.count - 8 - header
    let places =
      [0, 1, 7, 8, 7 + header] + (1..<80).map { 8 + header * $0 / 80 }
      + (0..<60).map { 8 + header + data * $0 / 60 } + [bytes.count - 1]
    for place in places {
      for bit: UInt8 in [1, 0x20] {
        var changed = bytes
        changed[place] ^= bit
        #expect(try refusal(changed) != nil, "byte \(place) of \(bytes.count), header \(header)")
      }
    }
  }

  /// A description that says something else, with a checksum that fits.
  private func edited(_ old: String, _ new: String) throws -> String? {
    try AtomicFile.write(run.path, bytes: bytes)
    let file = try Safetensors(run.path)
    let text = try #require(file.metadata[CheckpointDescription.key])
    #expect(text.contains(old), "\(text)")
    let items = try file.names.map { name -> Safetensors.Item in
      switch file.elementType(of: name) {
      case .int64?:
        return Safetensors.Item(
          name, integers: try file.integers(name), shape: file.shape(of: name) ?? [])
      case .float64?:
        let values = try file.elements(name, .float64, as: Double.self)
        return Safetensors.Item(name, .doubles(values, shape: [values.count]))
      case .uint8?:
        return Safetensors.Item(name, .bytes(try file.elements(name, .uint8, as: UInt8.self)))
      default: return Safetensors.Item(name, try file.tensor(name))
      }
    }
    let metadata = ["format": "pt", CheckpointDescription.key: text.replacing(old, with: new)]
    let path = run.folder.file("edited.checkpoint")
    try AtomicFile.write(
      path, Safetensors.contents(items, metadata: metadata, isSealed: true, path: path))
    do {
      _ = try Checkpoint.resume(path)
      return nil
    } catch let error as any DescribedError {
      return error.message
    }
  }

  @Test(
    "What cannot be is refused even where the checksum is right",
    arguments: [
      (#""step":4"#, #""step":5"#, "its curves are not those of 5 steps"),
      (#""step":4"#, #""step":-1"#, "it is at step -1 of 9"),
      (#""step":4"#, #""step":1e300"#, "is damaged"),
      (#""epochs":3"#, #""epochs":0"#, "'epochs' must be"),
      (#""batch":3"#, #""batch":70"#, "larger than 'train'"),
      (#""learningRate":0.004"#, #""learningRate":-1"#, "'lr' must be"),
      (#""aliases":{}"#, #""aliases":{"nonsense":"first/x"}"#, "is damaged"),
      (#""aliases":{}"#, #""aliases":{"x":"first/x",}"#, "is not valid JSON"),
      (#""members":[{"#, #""members":[{"head":7,"#, "has a head that is not there"),
      (#""waited":0"#, #""waited":9223372036854775807"#, "it has waited for"),
      (#""bestEpoch":1"#, #""bestEpoch":9223372036854775807"#, "its best epoch is one to come"),
      (#":4},"validationIsDue"#, #":9223372036854775807},"validationIsDue"#, "updates in 4 steps"),
      (#""position":"ffn.parallel.before""#, #""position":"roof""#, "is at 'roof'"),
      (#""wasAdapted":false"#, #""wasAdapted":0"#, "is damaged"),
      (#""kind":"convpass""#, #""kind":"nonsense""#, "nonsense"),
      (#""source":0"#, #""source":3"#, "belongs to no data set"),
      (#""isEnabled":true"#, #""isEnabled":false"#, "other parameters would be trained"),
    ])
  func impossible(_ old: String, _ new: String, _ reason: String) throws {
    let message = try edited(old, new)
    if new.contains("nonsense\":\"first") {
      // A name for nothing is nothing.
      #expect(message == nil)
    } else {
      #expect(message?.contains(reason) == true, "\(message ?? "resumed")")
    }
  }

  @Test("A format of the future is called by its number, whatever else it holds")
  func future() throws {
    let message = try edited(#""format":1"#, #""format":7"#)
    #expect(
      message?.hasSuffix(
        "has format 7, of petl \(PetlVersion.current); petl \(PetlVersion.current) reads format 1")
        == true)
    let later = run.folder.file("later.checkpoint")
    try Safetensors.write(
      [], metadata: [CheckpointDescription.key: #"{"format":2,"version":"9.0","all":"else"}"#],
      to: later)
    #expect(
      throws: CheckpointError.format(path: later, found: 2, version: "9.0")
    ) { try Checkpoint.resume(later) }
  }

  @Test("Other files are called what they are, and say what reads them; so is a run elsewhere")
  func kinds() throws {
    let net = try TinyRun.model()
    let (model, adapters) = (run.folder.file("net.safetensors"), run.folder.file("a.safetensors"))
    try ModelFile.save(net, to: model)
    try AdapterFile.save(net, to: adapters)
    #expect(throws: CheckpointError.kind(path: model, found: "a whole model")) {
      try Checkpoint.resume(model)
    }
    #expect(throws: CheckpointError.kind(path: adapters, found: "a set of adapters")) {
      try Checkpoint.resume(adapters)
    }
    try AtomicFile.write(run.path, bytes: bytes)
    let refusal = ModelFileError.kind(
      path: run.path, expected: "a whole model", found: "a training run")
    #expect(throws: refusal) { try ModelFile.load(run.path) }
    #expect(refusal.hint?.contains("resume \"\(run.path)\"") == true)
    let other = try TinyModel.classifier()
    #expect(
      throws: ModelFileError.kind(
        path: run.path, expected: "a set of adapters", found: "a training run")
    ) { try AdapterPath.load(run.path, into: other) }
    #expect(throws: FileError.missing(path: "/nowhere/x")) { try Checkpoint.resume("/nowhere/x") }
    #expect(throws: FileError.notAFile(path: run.folder.path)) {
      try Checkpoint.resume(run.folder.path)
    }
    #expect(throws: EngineError.self) { try Checkpoint.save(run.full(), to: model) }
  }

  @Test("Writing that is stopped, or has no room, leaves the file that was there")
  func unwritten() throws {
    try AtomicFile.write(run.path, bytes: bytes)
    let trainer = try run.full(steps: 1)
    #expect(throws: EngineError.interrupted) {
      try Checkpoint.save(trainer, to: run.path) { done, total in
        if done > total / 2 { throw EngineError.interrupted }
      }
    }
    #expect(try MappedFile(run.path).contents() == bytes)
    let flag = InterruptFlag()
    flag.raise()
    #expect(throws: EngineError.interrupted) {
      try Checkpoint.resume(run.path, interrupt: flag)
    }
  }
}
