extension AudioClassifier {
  /// Checks that the files whose pages the model computes with hold what they did when it was
  /// read. What was computed before a check that passes, no other bytes had a part in.
  ///
  /// A few microseconds: one look at each file, none for values in memory of the model's own.
  /// - Throws: `FileError.changed`
  func requireUnchangedFiles() throws {
    var seen: Set<ObjectIdentifier> = []
    for parameter in parameters + activeAttachments.flatMap(\.buffers) {
      guard let owner = parameter.value.storage.owner,
        seen.insert(ObjectIdentifier(owner)).inserted
      else { continue }
      try owner.requireUnchanged()
    }
  }
}
