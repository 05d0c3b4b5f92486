import Foundation

/// Small trees of sound in the layouts of the corpora: 100 ms of tone a clip, all different.
public struct CorpusTrees {
  private let folder: TemporaryFolder
  /// The folder of the corpus, below the one that was asked for.
  public let path: String
  private let root: String

  private init(_ folder: TemporaryFolder, _ root: String) {
    (self.folder, self.root) = (folder, root)
    path = folder.file(root)
  }

  /// Replaces a text file of the tree.
  public func write(_ name: String, _ text: String) throws {
    try folder.write("\(root)/\(name)", Array(text.utf8))
  }

  public func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
  }

  public func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: "\(path)/\(name)")
  }

  private func sound(_ name: String, _ number: Int) throws {
    try folder.write(
      "\(root)/\(name)", Sounds.wav(Sounds.tone(Double(200 + 7 * number), samples: 1600)))
  }

  /// 5 folds of 3 classes, whose names are not in the order of their numbers; two recordings.
  public static func esc50(in folder: TemporaryFolder) throws -> CorpusTrees {
    let tree = CorpusTrees(folder, "ESC-50-master")
    var rows = "filename,fold,target,category,esc10,src_file,take\n"
    var number = 0
    for fold in 1...5 {
      for (target, name) in [(0, "dog"), (1, "rooster"), (10, "rain")] {
        for take in ["A", "B"] {
          let file = "\(fold)-\(100 + number / 2)-\(take)-\(target).wav"
          try tree.sound("audio/\(file)", number)
          rows += "\(file),\(fold),\(target),\(name),True,\(100 + number / 2),\(take)\n"
          number += 1
        }
      }
    }
    try tree.write("meta/esc50.csv", rows)
    return tree
  }

  /// 10 folds of 2 classes; the lines end as on Windows.
  public static func urbanSound8K(in folder: TemporaryFolder) throws -> CorpusTrees {
    let tree = CorpusTrees(folder, "UrbanSound8K")
    var rows = "slice_file_name,fsID,start,end,salience,fold,classID,class\r\n"
    for fold in 1...10 {
      for (number, name) in [(3, "dog_bark"), (1, "car_horn")] {
        let file = "\(1000 + fold)-\(number)-0-0.wav"
        try tree.sound("audio/fold\(fold)/\(file)", 10 * fold + number)
        rows += "\(file),\(1000 + fold),0.0,0.1,1,\(fold),\(number),\(name)\r\n"
      }
    }
    try tree.write("metadata/UrbanSound8K.csv", rows)
    return tree
  }

  /// 3 words by 4 speakers, of which one validates and one tests.
  public static func speechCommands(in folder: TemporaryFolder) throws -> CorpusTrees {
    let tree = CorpusTrees(folder, "speech_commands_v0.02")
    var lists = ["valid": "", "test": ""]
    for (rank, word) in ["yes", "no", "go"].enumerated() {
      for (number, speaker) in ["0a7c", "1b2d", "3c4e", "5d6f"].enumerated() {
        let file = "\(word)/\(speaker)_nohash_0.wav"
        try tree.sound(file, 10 * rank + number)
        if number > 1 { lists[number == 2 ? "valid" : "test"]? += "\(file)\n" }
      }
    }
    try tree.sound("_background_noise_/doing_the_dishes.wav", 99)
    try tree.write("validation_list.txt", lists["valid"] ?? "")
    try tree.write("testing_list.txt", lists["test"] ?? "")
    return tree
  }

  /// 3 intents in three parts by 3 speakers; one transcription holds a comma.
  public static func fluentSpeech(in folder: TemporaryFolder) throws -> CorpusTrees {
    let tree = CorpusTrees(folder, "fluent_speech_commands_dataset")
    let intents = [
      "bring,newspaper,none", "activate,lights,kitchen", "change language,none,none",
    ]
    for (rank, part) in ["train", "valid", "test"].enumerated() {
      var rows = ",path,speakerId,transcription,action,object,location\n"
      for number in 0..<6 {
        let file = "wavs/speakers/s\(rank)/\(part)\(number).wav"
        try tree.sound(file, 10 * rank + number)
        rows += "\(number),\(file),s\(rank),\"Lights on, please\",\(intents[number % 3])\n"
      }
      try tree.write("data/\(part)_data.csv", rows)
    }
    return tree
  }

  /// 5 sessions of two speakers with four emotions, one of them under two labels, and one label
  /// that is left out.
  public static func iemocap(in folder: TemporaryFolder) throws -> CorpusTrees {
    let tree = CorpusTrees(folder, "IEMOCAP_full_release")
    for session in 1...5 {
      // The speaker of an utterance need not be the one that the dialog is named after.
      let dialog = "Ses0\(session)F_impro01"
      var rows = "% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]\n\n"
      for (number, label) in ["neu", "hap", "exc", "sad", "ang", "fru"].enumerated() {
        for speaker in ["F", "M"] {
          let name = "\(dialog)_\(speaker)00\(number)"
          try tree.sound(
            "Session\(session)/sentences/wav/\(dialog)/\(name).wav",
            20 * session + 2 * number + (speaker == "F" ? 0 : 1))
          rows += "[6.29 - 8.23]\t\(name)\t\(label)\t[2.5000, 2.5000, 2.5000]\n"
          rows += "C-E2:\tNeutral;\t()\n"
        }
      }
      try tree.write("Session\(session)/dialog/EmoEvaluation/\(dialog).txt", rows)
    }
    return tree
  }
}
