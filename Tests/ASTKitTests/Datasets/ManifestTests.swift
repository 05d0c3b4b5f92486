import TestSupport
import Testing

@testable import ASTKit

/// Tables of recordings, and of what is heard in them, become clips; what is wrong in a table is said
/// with its file, line and column.
struct ManifestTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for (number, name) in ["a.wav", "b c.wav", "sub/d.wav", "night.wav"].enumerated() {
      try folder.write(name, Sounds.wav(Sounds.tone(Double(300 * number + 300), samples: 16000)))
    }
  }

  private func write(_ name: String, _ text: String) throws -> String {
    try folder.write(name, Array(text.utf8))
  }

  private func described(_ listing: DatasetListing) -> [String] {
    listing.entries.map { "\($0.clipName) \($0.labels.joined(separator: "+"))" }
  }

  private func failure(_ body: () throws -> DatasetListing) -> DatasetError? {
    do {
      _ = try body()
      return nil
    } catch {
      return error as? DatasetError
    }
  }

  @Test(
    "A table with its columns found by their names, whatever separates them",
    arguments: [
      (
        "\u{FEFF}filename,category,fold,site\na.wav,owl,1,north\n\"b c.wav\",crow,2,south\n",
        ","
      ),
      ("Path;Label;fold;site\r\na.wav;owl;1;north\r\nb c.wav;crow;2;south\r\n", ";"),
      ("fold\tsite\taudio\tspecies\n1\tnorth\ta.wav\towl\n2\tsouth\tb c.wav\tcrow\n", "tab"),
    ])
  func columns(_ text: String, _ separator: String) throws {
    let path = try write("t.csv", text)
    let listing = try CSVManifest(path: path).listing(interrupt: nil)
    #expect(described(listing) == ["a.wav owl", "b c.wav crow"])
    #expect(listing.entries.map(\.part) == ["1", "2"])
    #expect(listing.entries.map { $0.columns["site"] } == ["north", "south"])
    #expect(listing.entries.map(\.line) == [2, 3] && !listing.hasSeveralLabels)
    let given = try CSVManifest(path: path, ["separator": .text(separator)]).listing(interrupt: nil)
    #expect(described(given) == described(listing))
  }

  @Test("Columns that are given, times, parts, groups, and files below another root")
  func given() throws {
    let path = try write(
      "lists/t.csv",
      "sound,what,t0,t1,set,bird\nd.wav,owl,0.1,0.5,train,7\nd.wav,owl,0.5,0.9,Val,7\n"
        + "d.wav,crow,,,TEST,\n")
    let listing = try CSVManifest(
      path: path,
      [
        "root": .text(folder.file("sub")), "file": .text("sound"), "label": .text("what"),
        "start": .text("t0"), "end": .text("t1"), "split": .text("set"), "group": .text("bird"),
      ]
    ).listing(interrupt: nil)
    #expect(
      described(listing).sorted() == ["d.wav crow", "d.wav@0.1-0.5 owl", "d.wav@0.5-0.9 owl"])
    #expect(Set(listing.entries.map { $0.part ?? "" }) == ["train", "valid", "test"])
    #expect(listing.entries.compactMap(\.group) == ["7", "7"])
  }

  @Test(
    "Labels in lists, none, and rows of the same sound make a set of several labels",
    arguments: [
      "file,label\na.wav,owl;crow\nb c.wav,\n", "file,label\na.wav,owl|crow|owl\nb c.wav, \n",
      "file,label\na.wav,\"['owl', 'crow']\"\nb c.wav,[]\n",
      "file,label\na.wav,owl\na.wav,crow\na.wav,owl\nb c.wav,\n",
    ])
  func severalLabels(_ text: String) throws {
    let path = try write("t.csv", text)
    let listing = try CSVManifest(path: path).listing(interrupt: nil)
    #expect(listing.hasSeveralLabels)
    #expect(described(listing) == ["a.wav owl+crow", "b c.wav "])
    #expect(
      listing.remarks
        == (text.contains("|") || text.contains(";") || text.contains("[")
          ? [] : ["1 row says the same as an earlier one"]))
    let set = try Dataset.load(
      listing, settings: FeatureSettings(melBins: 16, frames: 8), cache: .none)
    #expect(set.classes == ["crow", "owl"] && set.clips.map(\.labels) == [[0, 1], []])
  }

  @Test("What is wrong is said with file, line, column, what was expected and what was found")
  func wrong() throws {
    func error(_ text: String) throws -> String? {
      let path = try write("t.csv", text)
      return failure { try CSVManifest(path: path).listing(interrupt: nil) }?.message
        .replacing(path, with: "t.csv")
    }
    #expect(
      try error("file,class\na.wav,owl\n,crow\n")
        == "'t.csv', line 3, column 'file': expected a name, found ''")
    #expect(
      try error("file,label,start,end\na.wav,x,1,0.5\n")
        == "'t.csv', line 2, column 'end': expected a time after 1, found '0.5'")
    #expect(
      try error("file,label,start,end\na.wav,x,soon,2\n")
        == "'t.csv', line 2, column 'start': expected a time in seconds, found 'soon'")
    #expect(
      try error("file,label,start,end\na.wav,x,,2\n")
        == "'t.csv', line 2, column 'start': expected a time, as the other one is given, found ''")
    #expect(
      try error("file,label,split\na.wav,x,exam\n")
        == "'t.csv', line 2, column 'split': expected train, valid or test, found 'exam'")
    #expect(
      try error("name,label\na.wav,x\n")
        == "'t.csv', line 1: expected a column of the files: 'filename', 'file', 'path', 'audio', "
        + "found only 'name', 'label'")
    #expect(
      try error("file,label\n\"a.wav,x\n")
        == "'t.csv', line 2: expected a closing quote, found the end of the file")
    #expect(
      try error("file,label\n") == "'t.csv' says nothing of any recording: expected a row for each")
    #expect(
      failure { try CSVManifest(path: folder.file("none.csv")).listing(interrupt: nil) }
        == .noFile(path: folder.file("none.csv")))
  }

  @Test("Missing files, sounds that do not decode and times outside are listed together, by line")
  func unusable() throws {
    try folder.write("broken.wav", Array("RIFFxx".utf8))
    let path = try write(
      "t.csv",
      "file,label,start,end\na.wav,owl,0,0.5\ngone.wav,owl,,\nbroken.wav,crow,,\nb c.wav,crow,0.5,3\n"
        + "b c.wav,crow,0.5,1.005\nb c.wav,crow,7,8\n")
    let listing = try CSVManifest(path: path).listing(interrupt: nil)
    let settings = FeatureSettings(melBins: 16, frames: 8)
    let error = #expect(throws: DatasetError.self) {
      try Dataset.load(listing, settings: settings, cache: .none)
    }
    guard case .undecodable(let files, 6) = error else {
      Issue.record("\(String(describing: error))"); return
    }
    #expect(
      files.map(\.name) == [
        "gone.wav (line 3)", "b c.wav (line 5)", "b c.wav (line 7)", "broken.wav (line 4)",
      ])
    #expect(files[0].reason == "there is no such file")
    #expect(files[1].reason == "its times 0.5-3 s lie outside the recording of 1.0 s")
    let set = try Dataset.load(listing, settings: settings, skip: true, cache: .none)
    #expect(set.skipped.count == 4)
    // A rounded end is no mistake; the clip ends with the recording.
    #expect(set.clips.map(\.name) == ["a.wav@0-0.5", "b c.wav@0.5-1.005"])
    #expect(set.clips[1].span?.end == 1)
  }

  @Test("The folds and parts of a table are its protocol")
  func folds() throws {
    var rows = "file,label,fold\n", parts = "file,label,split\n"
    for number in 0..<12 {
      try folder.write(
        "f/\(number).wav", Sounds.wav(Sounds.tone(Double(200 + 50 * number), samples: 1600)))
      rows += "f/\(number).wav,\(number % 2 == 0 ? "x" : "y"),\(["1", "2", "10"][number / 4])\n"
      parts += "f/\(number).wav,\(number % 2 == 0 ? "x" : "y"),\(number < 8 ? "train" : "test")\n"
    }
    func runs(_ text: String) throws -> [Fold] {
      let path = try write("f.csv", text)
      var listing = try CSVManifest(path: path).listing(interrupt: nil)
      listing.origin = try DatasetSources.listing("csv", path: path).origin
      let set = try Dataset.load(
        listing, settings: FeatureSettings(melBins: 16, frames: 8), cache: .none)
      return try Fold.ofCorpus(set.all)
    }
    let rotating = try runs(rows)
    #expect(rotating.map(\.name) == ["fold10", "fold1", "fold2"])
    #expect(rotating.map { $0.test.count } == [4, 4, 4])
    #expect(rotating[0].valid?.clips.allSatisfy { $0.part == "2" } == true)
    let fixed = try runs(parts)
    #expect(fixed.map(\.name) == ["test"] && fixed[0].valid == nil && fixed[0].train.count == 8)
    #expect(throws: DatasetError.noFolds(name: "f.csv")) {
      try runs("file,label\na.wav,x\nb c.wav,y\n")
    }
  }

  @Test("Raven: offsets in the file, views once, a folder of tables, a table named like its sound")
  func raven() throws {
    _ = try write(
      "raven/one.txt",
      "Selection\tView\tBegin Time (s)\tEnd Time (s)\tBegin File\tFile Offset (s)\tSpecies\n"
        + "1\tWaveform 1\t0.1\t0.3\ta.wav\t0.1\towl\n1\tSpectrogram 1\t0.1\t0.3\ta.wav\t0.1\towl\n"
        + "2\tWaveform 1\t60.25\t60.5\tb c.wav\t0.25\tcrow\n")
    _ = try write(
      "raven/night.Table.1.selections.txt",
      "Selection\tBegin Time (s)\tEnd Time (s)\tAnnotation\n1\t0\t0.5\towl\n2\t0.5\t0.75\t\n")
    let listing = try RavenTable(path: folder.file("raven"), ["root": .text(folder.path)])
      .listing(interrupt: nil)
    let night = folder.file("night.wav")
    #expect(
      described(listing) == [
        "\(night)@0-0.5 owl", "\(night)@0.5-0.75 ", "a.wav@0.1-0.3 owl", "b c.wav@0.25-0.5 crow",
      ])
    let error = failure {
      try RavenTable(
        path: folder.file("raven/one.txt"), ["root": .text(folder.path), "label": .text("Kind")]
      )
      .listing(interrupt: nil)
    }
    #expect(error?.message.contains("line 1: expected a column 'Kind'") == true)
    _ = try write("raven/lost.txt", "Selection\tBegin Time (s)\tEnd Time (s)\tAnnotation\n")
    #expect(
      failure {
        try RavenTable(path: folder.file("raven"), ["root": .text(folder.path)]).listing(
          interrupt: nil)
      }
        == .noSound(annotations: folder.file("raven/lost.txt"), folder: folder.path))
  }

  @Test(
    "Audacity: spectral lines are passed over, instants lie in one window, an empty track is heard")
  func audacity() throws {
    _ = try write("night.txt", "0.1\t0.4\towl\n\\\t1000\t2000\n0.5\t0.5\tcrow\n")
    _ = try write("a.txt", "")
    _ = try write("elsewhere/x.txt", "0\t1\towl\n")
    let listing = try AudacityTrack(path: folder.path).listing(interrupt: nil)
    #expect(
      described(listing) == [
        "\(folder.file("a.wav")) ", "\(folder.file("night.wav"))@0.1-0.4 owl",
        "\(folder.file("night.wav"))@0.5-0.5 crow",
      ])
    let set = try Dataset.load(
      listing, settings: FeatureSettings(melBins: 16, frames: 50), windows: Windows(length: 0.5),
      cache: .none)
    #expect(set.classes == ["crow", "owl"])
    #expect(set.clips.map(\.labels) == [[], [], [1], [0]])
    let given = try AudacityTrack(
      path: folder.file("elsewhere/x.txt"), ["audio": .text(folder.file("sub/d.wav"))]
    ).listing(interrupt: nil)
    #expect(given.entries.map(\.path) == [folder.file("sub/d.wav")])
    let wrong = try write("b c.txt", "0.1 0.4 owl\n")
    #expect(
      failure { try AudacityTrack(path: wrong).listing(interrupt: nil) }?.message
        == "'\(wrong)', line 1, column 'start': expected a start, an end and a label with tabs "
        + "between, found '0.1 0.4 owl'")
  }
}
