import ASTKit

/// The settings of several kinds of one thing, such as data sources or backbones, as arguments of
/// one command: one argument a name, whichever kinds have it.
struct SettingUnion {
  /// The kinds, as help calls them, and what each declares.
  let kinds: [(name: String, settings: [Setting])]
  /// Whether help shows the defaults that the declarations have.
  var showsDefaults = true

  /// The arguments, in the order of the kinds and of their declarations.
  var descriptions: [ArgumentDescription] { names.map(description) }

  private var names: [String] {
    distinct(kinds.flatMap(\.settings).map(\.name))
  }

  /// The names of those among the arguments that were given a value, in the declarations' order.
  func given(_ arguments: DescribedArguments) -> [String] {
    names.filter { arguments[$0].map { !$0.isNil } ?? false }
  }

  /// The settings of the kind called `name`.
  func settings(of name: String) -> [Setting] {
    kinds.first { $0.name == name }?.settings ?? []
  }

  /// What was given, checked as the first kind that has it declares it.
  /// - Throws: as `Setting.settingValue`.
  func values(_ arguments: DescribedArguments) throws -> [String: SettingValue] {
    let all = kinds.flatMap(\.settings)
    return try arguments.values(of: names.compactMap { name in all.first { $0.name == name } })
  }

  private func description(_ name: String) -> ArgumentDescription {
    let holders = kinds.compactMap { kind in
      kind.settings.first { $0.name == name }.map { (kind: kind.name, setting: $0) }
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
      kind: common(\.kind) ?? .value,
      defaultText: showsDefaults ? common(\.defaultText) ?? nil : nil,
      unit: common(\.unit) ?? nil, bounds: common(\.bounds) ?? nil,
      allowed: common(\.allowed) ?? [], isNamedOnly: true)
  }

  /// What each kind says of it, after the names of those that say so, unless all do.
  private func summary(_ holders: [(kind: String, setting: Setting)]) -> String {
    let texts = distinct(holders.map(\.setting.summary))
    if texts.count == 1, holders.count == kinds.count { return texts[0] }
    return texts.map { text in
      let names = holders.filter { $0.setting.summary == text }.map(\.kind)
      return "\(names.joined(separator: ", ")): \(text)"
    }.joined(separator: "; ")
  }

  private func distinct(_ texts: [String]) -> [String] {
    texts.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}

extension SettingUnion {
  /// The settings of all data sources, for `dataset`.
  static var sources: SettingUnion {
    SettingUnion(kinds: DatasetSources.all.map { ($0.name, $0.settings) })
  }

  /// What was given for the settings of a source.
  /// - Throws: as `Setting.settingValue`; `DatasetError.settingUnused` for one that the source
  ///   does not have.
  func values(_ arguments: DescribedArguments, of source: String) throws -> [String: SettingValue] {
    let own = settings(of: source), known = own.map(\.name)
    if let other = given(arguments).first(where: { !known.contains($0) }) {
      throw DatasetError.settingUnused(source: source, setting: other, known: known)
    }
    return try arguments.values(of: own)
  }

  /// The sizes of all kinds of backbones, for `model`: their defaults are those of a name.
  static var backbones: SettingUnion {
    SettingUnion(kinds: Backbones.all.map { ($0.title, $0.settings) }, showsDefaults: false)
  }
}
