import ASTKit
import TestSupport
import Testing

@testable import Lang

@Suite("Errors of dataset and split speak of their arguments")
struct DataCommandsTests {
  private let folder: TemporaryFolder
  private let sink = TextSink()

  init() throws {
    folder = try TemporaryFolder()
    try folder.writeTones(["high": 4, "low": 4])
  }

  /// The error, and the text that its carets stand under.
  private func failure(_ text: String) -> (message: String, marked: String) {
    let session = Session(output: sink, isInteractive: false)
    session.bind("folder", to: .string(folder.path))
    guard case .failed(let diagnostic) = session.run(Source(name: "t", text: text)) else {
      return ("no error", "")
    }
    let marked = diagnostic.location.map { $0.source.text(in: $0.range) }
    return (diagnostic.message, marked ?? "")
  }

  @Test(
    "a value that the engine would refuse is refused by the command",
    arguments: [("seconds", "1500"), ("seconds", "0.0001"), ("rate", "10"), ("mels", "2000")])
  func bounds(_ name: String, _ value: String) throws {
    let command = try #require(Commands.named("dataset"))
    let bounds = try #require(command.arguments.first { $0.name == name }?.bounds)
    let number = try #require(Double(value))
    #expect(!bounds.contains(number))
    var settings = FeatureSettings()
    switch name {
    case "seconds": settings = .waveform(seconds: number)
    case "rate": settings.sampleRate = Int(number)
    default: settings.melBins = Int(number)
    }
    #expect(throws: EngineError.self) { try settings.validate() }

    let (message, marked) = failure("dataset \"folder\", path: folder, \(name): \(value)")
    #expect(message.hasPrefix("'\(name)' must be between"))
    #expect(marked == value)
  }

  @Test("what the command allows as seconds, the engine takes")
  func seconds() throws {
    for seconds in [0.001, 1000] { try FeatureSettings.waveform(seconds: seconds).validate() }
  }

  @Test("settings of the engine have the argument's name, and the same words")
  func engineNames() throws {
    let error = try #require(throws: EngineError.self) {
      try FeatureSettings(melBins: 0).validate()
    }
    #expect(error.argumentName == "mels")
    #expect(error.message == "'mels' must be between 1 and 1024, found 0")
    let (message, _) = failure("dataset \"folder\", path: folder, mels: 0")
    #expect(message == error.message)
  }

  @Test("too many shots are told as shots, under their value")
  func shots() {
    let (message, marked) = failure(
      """
      clips = dataset "folder", path: folder, frames: 16
      split clips, train: 0.5, test: 0.5, shots: 3
      """)
    #expect(message.contains("'shots' in training needs at least 3 a class"))
    #expect(!message.contains("perClass"))
    #expect(marked == "3")
  }

  @Test("what a data set leaves out is told once, with the class that vanishes")
  func leftOut() throws {
    try folder.write("lost/1.m4a", [1])
    let (message, _) = failure("clips = dataset \"folder\", path: folder, frames: 16")
    #expect(message == "no error")
    #expect(
      sink.errors
        == """
        note: 1 file passed over: 1 by ending (.m4a), such as 'lost/1.m4a'
        note: no clips, and so no class, from 'lost': no file there is a sound file that is read

        """)
  }

  @Test("a class whose files are all skipped is named")
  func skippedClass() throws {
    try folder.write("lost/1.wav", [1])
    let (message, _) = failure("clips = dataset \"folder\", path: folder, frames: 16, skip: true")
    #expect(message == "no error")
    #expect(sink.errors.contains("skipped 1 file that cannot be used, such as 'lost/1.wav': "))
    #expect(sink.errors.contains("no clips, and so no class, of 'lost': all were skipped"))
  }

  @Test("classes whose names differ in their Unicode form only can be counted and trained on")
  func lookalikes() throws {
    try folder.write("e\u{301}/1.wav", Sounds.wav(Sounds.tone(440, samples: 720)))
    try folder.write("\u{E9}/1.wav", Sounds.wav(Sounds.tone(660, samples: 720)))
    let (message, _) = failure(
      """
      clips = dataset "folder", path: folder, frames: 16
      print clips.classes.count, clips.counts.count
      net = model "ast-tiny", hidden: 16, depth: 1, heads: 2, frames: 16, classes: clips.classes
      save net, folder + "/net.safetensors"
      print model(folder + "/net.safetensors").classes.count
      """)
    #expect(message == "no error")
    #expect(sink.output == "4 4\n4\n")
    #expect(sink.errors.contains("2 classes look alike"))
  }

  @Test("a whole model is not written for peft, and says what is")
  func wholeModelForPeft() {
    let (message, marked) = failure(
      """
      net = model "ast-tiny", hidden: 16, depth: 1, heads: 2, frames: 16, classes: ["a", "b"]
      save net, folder + "/x", format: "peft"
      """)
    #expect(message.contains("adapters without their model"))
    #expect(marked == "\"peft\"")
  }
}
