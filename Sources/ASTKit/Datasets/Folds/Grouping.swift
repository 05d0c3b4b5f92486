/// What stays together when clips are divided.
public enum Grouping: Sendable, Equatable {
  /// Clips of one recording, and clips of one group (a speaker, a place) where that is known.
  case automatic
  /// Clips of one recording.
  case recording
  /// Clips of one group; of those without one, clips of one recording.
  case group
  /// Nothing.
  case clip
  /// Clips with the same entry in a column of their table, such as `site`.
  case column(String)

  /// The grouping that a user names.
  public init(_ name: String) {
    self =
      switch name {
      case "recording": .recording
      case "group": .group
      case "clip": .clip
      default: .column(name)
      }
  }
}

extension DatasetView {
  /// Numbers, from 0, of what each clip belongs to [count]: clips with the same stay together.
  ///
  /// - Throws: `DatasetError.noColumn` for a column that the clips' table does not have.
  public func groups(by grouping: Grouping) throws(DatasetError) -> [Int] {
    let clips = clips
    func numbers(_ key: (Int, AudioClip) -> String) -> [Int] {
      var known: [ExactName: Int] = [:]
      return clips.enumerated().map { place, clip in
        let name = ExactName(key(place, clip))
        let number = known[name] ?? known.count
        known[name] = number
        return number
      }
    }
    switch grouping {
    case .clip: return Array(clips.indices)
    case .recording: return numbers { $1.recording }
    // A letter before each keeps names of two kinds apart.
    case .group: return numbers { $1.group.map { "g\($0)" } ?? "r\($1.recording)" }
    case .column(let column):
      guard clips.contains(where: { $0.columns[column] != nil }) else {
        throw .noColumn(
          name: column,
          known: ["recording", "group", "clip"] + Set(clips.flatMap(\.columns.keys)).sorted())
      }
      return numbers { $1.columns[column].map { "c\($0)" } ?? "r\($1.recording)" }
    case .automatic:
      return Self.joined(numbers { $1.recording }, numbers { $1.group ?? "\u{0}\($0)" })
    }
  }

  /// Whether any clip has to stay with another one, or it is known with which it would.
  func isGrouped(by grouping: Grouping) throws(DatasetError) -> Bool {
    switch grouping {
    case .clip: return false
    case .recording, .column: return true
    case .automatic, .group:
      if clips.contains(where: { $0.group != nil }) { return true }
      return try Set(groups(by: .recording)).count < count
    }
  }

  /// The finest numbering in which items are together that are so in either.
  private static func joined(_ first: [Int], _ second: [Int]) -> [Int] {
    var parent = Array(first.indices)
    func root(_ item: Int) -> Int {
      var item = item
      while parent[item] != item {
        parent[item] = parent[parent[item]]
        item = parent[item]
      }
      return item
    }
    for numbering in [first, second] {
      var representative: [Int: Int] = [:]
      for (item, number) in numbering.enumerated() {
        if let other = representative[number] {
          let (a, b) = (root(item), root(other))
          parent[max(a, b)] = min(a, b)
        } else {
          representative[number] = item
        }
      }
    }
    var known: [Int: Int] = [:]
    return first.indices.map { item in
      let top = root(item)
      let number = known[top] ?? known.count
      known[top] = number
      return number
    }
  }
}
