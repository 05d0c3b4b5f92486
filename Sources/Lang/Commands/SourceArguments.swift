import ASTKit

/// The settings of all data sources as arguments of `dataset`: one argument a name, whichever
/// sources have it, and the chosen source's declaration checks its value.
struct SourceArguments {
  private let sources: [(name: String, settings: [Setting])]

  init(_ sources: [any DatasetSource.Type] = DatasetSources.all) {
    self.sources = sources.map { ($0.name, $0.settings) }
  }

  /// In the order of the sources and of their declarations.
  var descriptions: [ArgumentDescription] {
    var names: [String] = []
    for setting in sources.flatMap(\.settings) where !names.contains(setting.name) {
      names.append(setting.name)
    }
    return names.map(description)
  }

  /// What was given for the settings of a source, those that it does not have among them.
  /// - Throws: as `Setting.settingValue`; `DatasetError.settingUnused`.
  func values(_ arguments: DescribedArguments, of source: String) throws -> [String: SettingValue] {
    let own = sources.first { $0.name == source }?.settings ?? []
    for name in descriptions.map(\.name)
    where arguments[name].map({ !$0.isNil }) == true && !own.contains(where: { $0.name == name }) {
      throw DatasetError.settingUnused(source: source, setting: name, known: own.map(\.name))
    }
    return try arguments.values(of: own)
  }

  private func description(_ name: String) -> ArgumentDescription {
    let holders = sources.compactMap { source in
      source.settings.first { $0.name == name }.map { (source: source.name, setting: $0) }
    }
    let each = holders.map { ArgumentDescription($0.setting) }
    /// What all that have it agree on.
    func common<T: Equatable>(_ part: (ArgumentDescription) -> T) -> T? {
      let parts = each.map(part)
      return parts.dropFirst().allSatisfy { $0 == parts[0] } ? parts.first : nil
    }
    return ArgumentDescription(
      name: name, summary: summary(holders),
      typeDescription: distinct(each.map(\.typeDescription)).joined(separator: " or "),
      kind: common(\.kind) ?? .value, defaultText: common(\.defaultText) ?? nil,
      unit: common(\.unit) ?? nil, bounds: common(\.bounds) ?? nil,
      allowed: common(\.allowed) ?? [], isNamedOnly: true)
  }

  /// What each source says of it, after the names of those that say so, unless all do.
  private func summary(_ holders: [(source: String, setting: Setting)]) -> String {
    let texts = distinct(holders.map(\.setting.summary))
    if texts.count == 1, holders.count == sources.count { return texts[0] }
    return texts.map { text in
      let names = holders.filter { $0.setting.summary == text }.map(\.source)
      return "\(names.joined(separator: ", ")): \(text)"
    }.joined(separator: "; ")
  }

  private func distinct(_ texts: [String]) -> [String] {
    texts.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
