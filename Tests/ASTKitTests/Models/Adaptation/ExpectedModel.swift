import TestSupport

@testable import ASTKit

/// What should become of a model's values, kept in the plainest way: names and numbers, with no
/// use of what the engine keeps. It is told what was done and how training moved the values.
struct ExpectedModel {
  /// A parameter of the backbone, or of a head.
  typealias Key = String
  typealias Values = [Key: [Float]]

  struct Attached {
    let name: String, kind: String
    let settings: [String: SettingValue]
    /// Names of its parameters and statistics, and their values.
    var inside: Values
    let parameters: Set<String>
    /// What it shares, and the values it has of that while another's are in force.
    var shared: [Key]
    var own: Values = [:]
    var head = ExpectedModel.ownHead
    var isOn = true
    var turn = 0
  }

  static let ownHead = "own"
  var attached: [Attached] = []
  /// What the model computes with, and what it has without anything attached.
  var present: Values
  var base: Values
  /// Attachments whose value of a parameter is the present one.
  private var holders: [Key: Set<String>] = [:]
  var classes: [String: [String]]
  var rules: [(start: String, isTrainable: Bool)] = []
  var wasAdapted = false

  init(_ present: Values, classes: [String]) {
    (self.present, base) = (present, present)
    self.classes = [Self.ownHead: classes]
  }

  var on: [Attached] { attached.filter(\.isOn) }
  var headInForce: String { on.last?.head ?? Self.ownHead }

  static func isOfHead(_ key: Key, _ head: String) -> Bool { key.hasPrefix("head/\(head)/") }

  // MARK: - What is done

  /// - Parameter own: its values of what it shares; without, it takes the present ones.
  mutating func attach(_ new: Attached, own: Values? = nil) {
    attached.append(new)
    attached[attached.count - 1].isOn = false
    if let own { attached[attached.count - 1].own = own }
    switchOn(new.name)
  }

  mutating func switchOn(_ name: String) {
    guard let me = attached.firstIndex(where: { $0.name == name }) else { return }
    for key in attached[me].shared {
      let others = on.filter { $0.shared.contains(key) }.map(\.name)
      let holding = (holders[key] ?? []).intersection(others)
      for other in attached.indices where holding.contains(attached[other].name) {
        attached[other].own[key] = present[key]
      }
      if let own = attached[me].own[key] {
        present[key] = own
        holders[key] = [name]
      } else {
        holders[key] = holding.union([name])
      }
    }
    attached[me].turn = 1 + (attached.map(\.turn).max() ?? 0)
    attached[me].isOn = true
    settle()
  }

  mutating func switchOff(_ name: String) {
    guard let me = attached.firstIndex(where: { $0.name == name }), attached[me].isOn else {
      return
    }
    attached[me].isOn = false
    for key in attached[me].shared where holders[key]?.contains(name) == true {
      attached[me].own[key] = present[key]
      holders[key]?.remove(name)
      if holders[key]?.isEmpty == false { continue }
      let last = on.filter { $0.shared.contains(key) }.max { $0.turn < $1.turn }
      present[key] = last.map { $0.own[key] ?? [] } ?? base[key]
      holders[key] = last.map { [$0.name] } ?? []
    }
    settle()
  }

  mutating func detach(_ name: String) {
    switchOff(name)
    attached.removeAll { $0.name == name }
    for key in present.keys where Self.isOfHead(key, name) {
      (present[key], base[key]) = (nil, nil)
    }
    wasAdapted = true
    settle()
  }

  /// - Parameter corrections: what it adds to weights of the backbone.
  mutating func merge(_ name: String, _ corrections: Values) {
    guard let me = attached.first(where: { $0.name == name }) else { return }
    func corrected(_ values: Values) -> Values {
      values.merging(corrections.filter { values[$0.key] != nil }) { zip($0, $1).map(+) }
    }
    (present, base) = (corrected(present), corrected(base))
    for index in attached.indices { attached[index].own = corrected(attached[index].own) }
    attached.removeAll { $0.name == name }
    for key in me.shared {
      if holders[key]?.contains(name) == true {
        base[key] = present[key]
        // What was enabled with it was built upon it.
        holders[key] = Set(on.filter { $0.shared.contains(key) }.map(\.name))
      } else {
        base[key] = me.own[key]
      }
    }
    if me.head != Self.ownHead { replaceHead(by: me.head) }
    wasAdapted = true
    settle()
  }

  /// The values of a head that was brought become those of the model's own.
  private mutating func replaceHead(by head: String) {
    for key in present.keys where Self.isOfHead(key, Self.ownHead) {
      let new = key.replacing("head/\(Self.ownHead)/", with: "head/\(head)/")
      (present[key], base[key]) = (present[new], base[new])
      (present[new], base[new]) = (nil, nil)
    }
    classes[Self.ownHead] = classes.removeValue(forKey: head)
  }

  mutating func replaceHead(_ values: Values, classes: [String]) {
    present.merge(values) { $1 }
    self.classes[Self.ownHead] = classes
    settle()
  }

  /// Takes over how training has moved the values.
  mutating func moved(to values: Values, inside: [String: Values]) {
    for (key, value) in values where present[key] != value {
      present[key] = value
      holders[key] = Set(on.filter { $0.shared.contains(key) }.map(\.name))
    }
    for index in attached.indices { attached[index].inside = inside[attached[index].name] ?? [:] }
    settle()
  }

  /// What nothing attached has a part in is the model's own.
  private mutating func settle() {
    if attached.isEmpty { base = present }
    guard on.allSatisfy({ $0.head != Self.ownHead }) else { return }
    for (key, value) in present where Self.isOfHead(key, Self.ownHead) { base[key] = value }
  }

  // MARK: - What follows

  /// Keys of what training changes; an attachment's own parameters as `NAME/PARAMETER`.
  func trainable(unfrozen: [String: [Key]]) -> Set<String> {
    let isWhole = attached.isEmpty && !wasAdapted
    let chosen = Set(on.flatMap { unfrozen[$0.name] ?? [] })
    func follows(_ name: String, _ byDefault: Bool) -> Bool {
      rules.last { name.hasPrefix($0.start) }?.isTrainable ?? byDefault
    }
    let shared = present.keys.filter { key in
      if key.hasPrefix("backbone/") {
        return follows(String(key.dropFirst("backbone/".count)), isWhole || chosen.contains(key))
      }
      let start = "head/\(headInForce)/"
      return key.hasPrefix(start) && follows(String(key.dropFirst(start.count)), true)
    }
    let inside = on.flatMap { one in
      one.parameters.filter { follows($0, true) }.map { "\(one.name)/\($0)" }
    }
    return Set(shared).union(inside)
  }

  /// Whether what only a rule let training change is different from the base.
  var isTrainedByRules: Bool {
    let shared = Set(on.flatMap(\.shared))
    return present.contains { key, value in
      key.hasPrefix("backbone/") && !shared.contains(key) && base[key] != value
    }
  }

  /// The model built anew with nothing but what should be in force.
  func rebuilt(on fresh: AudioClassifier) throws -> AudioClassifier {
    let names = classes[headInForce] ?? []
    try fresh.replaceHead(
      ClassificationHead(
        .linear, hidden: fresh.backbone.hidden, classes: names.count,
        from: RandomParameters(seed: 0)), classes: names)
    for one in on {
      let attachment = try fresh.attach(one.kind, one.settings, name: one.name)
      for parameter in attachment.parameters + attachment.buffers {
        try parameter.take(one.inside[parameter.name])
      }
    }
    for parameter in fresh.backbone.parameters {
      try parameter.take(present["backbone/\(parameter.name)"])
    }
    for parameter in fresh.head.parameters {
      try parameter.take(present["head/\(headInForce)/\(parameter.name)"])
    }
    return fresh
  }
}

extension Parameter {
  fileprivate func take(_ values: [Float]?) throws {
    try setValues(Tensor(shape, values: values ?? []))
  }
}
