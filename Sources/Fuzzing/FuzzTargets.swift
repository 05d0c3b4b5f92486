/// Every reader that is attacked.
package enum FuzzTargets {
  package static var all: [any FuzzTarget.Type] {
    [
      WavTarget.self, Wave64Target.self, AIFFTarget.self, CAFTarget.self, HeaderOnlyTarget.self,
      VorbisTarget.self, OpusTarget.self, FLACTarget.self, MP3Target.self, SafetensorsTarget.self,
      ShardsTarget.self, TorchTarget.self, OldTorchTarget.self, ZipTarget.self, JSONTarget.self,
      ModelFolderTarget.self, AdapterTarget.self, CheckpointTarget.self, PEFTTarget.self,
      CacheTarget.self, CorpusTarget.self, TableTarget.self,
      SyntaxTarget.self, ScriptTarget.self, CompletionTarget.self, HelpTarget.self,
      SettingTarget.self,
    ]
  }

  /// The target of that name.
  package static func named(_ name: String) -> (any FuzzTarget.Type)? {
    all.first { $0.name == name }
  }
}
