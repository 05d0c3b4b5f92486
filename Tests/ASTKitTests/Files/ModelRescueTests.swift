import Foundation
import TestSupport
import Testing

@testable import ASTKit

/// Where a trained model goes that nobody has saved, and under which name.
@Suite struct ModelRescueTests {
  private let folder: TemporaryFolder
  /// Places that take nothing, whoever asks: no folder can be made in them.
  private let refusing = ModelRescue.Place("/proc/petl", isMade: true)

  init() throws { folder = try TemporaryFolder() }

  private func place(_ name: String, isTemporary: Bool = false) -> ModelRescue.Place {
    ModelRescue.Place(folder.file(name), isMade: true, isTemporary: isTemporary)
  }

  private static func trained(attached: Bool) throws -> AudioClassifier {
    let net = try TinyModel.classifier()
    if attached { try net.attach("lora", ["rank": .number(2)]) }
    net.noteTraining()
    return net
  }

  private func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: self.folder.file(folder)).sorted()
  }

  @Test("The first place takes the whole model, in a folder made for its owner alone")
  func whole() throws {
    let net = try Self.trained(attached: true)
    let kept = try ModelRescue.keep(net, as: "run", in: [place("a/b"), place("c")])
    #expect(
      kept == .init(path: folder.file("a/b/run.safetensors"), form: .whole, failures: []))
    #expect(try ModelFile.load(kept.path).model.allValues == net.allValues)
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.file("a/b"))
    #expect(attributes[.posixPermissions] as? Int == 0o700)
    #expect(!FileManager.default.fileExists(atPath: folder.file("c")))
  }

  @Test("Names are counted on, over nothing that is there, be it a link that leads nowhere")
  func taken() throws {
    let net = try Self.trained(attached: false)
    try folder.write("a/run.safetensors", [1])
    try folder.write("a/run-3.safetensors/in", [2])
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("a/run-2.safetensors"), withDestinationPath: folder.file("nowhere"))
    let kept = try ModelRescue.keep(net, as: "run", in: [place("a")])
    #expect(kept.path == folder.file("a/run-4.safetensors"))
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: folder.file("a/run.safetensors"))) == Data([1]))
    #expect(!FileManager.default.fileExists(atPath: folder.file("nowhere")))
  }

  @Test("Many at once in one folder get a file each")
  func together() async throws {
    let place = place("a")
    let paths = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<8 {
        group.addTask {
          try ModelRescue.keep(Self.trained(attached: false), as: "run", in: [place]).path
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(paths).count == 8)
    #expect(try names("a").count == 8)
  }

  @Test("A place that refuses is passed over, and its reason told once")
  func next() throws {
    let net = try Self.trained(attached: false)
    let kept = try ModelRescue.keep(net, as: "run", in: [refusing, place("state")])
    #expect(kept.path == folder.file("state/run.safetensors"))
    #expect(
      kept.failures == ["cannot write '/proc/petl/run.safetensors': No such file or directory"])
  }

  @Test("Where no whole model can be written, the adapters are, before a temporary folder is asked")
  func adapters() throws {
    let net = try Self.trained(attached: true)
    let places = [place("a"), place("b", isTemporary: true)]
    let kept = try ModelRescue.keep([.run, .whole, .adapters], as: "run", in: places) {
      form, path in
      guard form == .adapters else {
        throw FileError.unwritable(path: "x", reason: "No space left")
      }
      try AdapterFile.save(net, to: path)
    }
    #expect(kept.failures == ["cannot write 'x': No space left"])
    #expect(kept.path == folder.file("a/run.safetensors"))
    #expect(kept.form == .adapters)
    let other = try TinyModel.classifier()
    try AdapterFile.load(kept.path, into: other)
    #expect(other.allValues == net.allValues)
    #expect(try names("a") == ["run.safetensors"])
  }

  @Test("A temporary folder comes last: what is there may go with the next start of the machine")
  func temporaryFolder() throws {
    let net = try Self.trained(attached: true)
    let kept = try ModelRescue.keep(
      net, as: "run", in: [place("tmp", isTemporary: true), refusing, place("state")])
    #expect(kept.path == folder.file("state/run.safetensors"))
    let last = try ModelRescue.keep(
      net, as: "run", in: [refusing, place("tmp", isTemporary: true)])
    #expect(last.path == folder.file("tmp/run.safetensors"))
    #expect(last.form == .whole)
  }

  @Test("Training of the backbone itself is not in a set of adapters, so none is written for it")
  func trainedWhole() throws {
    let net = try Self.trained(attached: false)
    try net.attach("lora", ["rank": .number(2)])
    #expect(ModelRescue.forms(of: net, nil) == [.whole])
    #expect(try ModelRescue.forms(of: Self.trained(attached: true), nil) == [.whole, .adapters])
  }

  @Test("The run itself comes first, and goes on from where it is")
  func run() throws {
    let files = try CheckpointRun()
    let trainer = try files.full()
    #expect(ModelRescue.forms(of: trainer.model, trainer) == [.run, .whole, .adapters])
    let kept = try ModelRescue.keep(
      trainer.model, of: trainer, as: "run", in: [refusing, place("a")])
    #expect(kept.path == folder.file("a/run.checkpoint"))
    #expect(kept.form == .run)
    #expect(try files.bytes(Checkpoint.resume(kept.path)) == files.bytes(trainer))
  }
}
