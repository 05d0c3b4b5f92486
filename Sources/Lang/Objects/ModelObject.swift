import ASTKit

/// A model in the language.
final class ModelObject: ObjectArgument, ListedMembers {
  let model: AudioClassifier

  init(_ model: AudioClassifier) { self.model = model }

  static let typeDescription = "a model"
  let typeName = "model"

  static let members: [ObjectMember<ModelObject>] = [
    ObjectMember("parameters", "numbers in all tensors: total, and those trained") { object in
      let counts = object.model.parameterCounts
      return .record(["total": .count(counts.total), "trainable": .count(counts.trainable)])
    },
    ObjectMember("tokens", "tokens of a clip, without what is attached") { object in
      let backbone = object.model.backbone
      return backbone.configuration.clipFrames == nil ? .nil : .count(backbone.tokenCount)
    },
    ObjectMember("classes", "names of the classes") { .strings($0.model.classes) },
    ObjectMember("layers", "number of encoder layers") { .count($0.model.backbone.layerCount) },
    ObjectMember("hidden", "width of the hidden states") { .count($0.model.backbone.hidden) },
    ObjectMember("frames", "frames (10 ms) of a clip") { object in
      object.model.backbone.configuration.clipFrames.map { .count($0) } ?? .nil
    },
    ObjectMember("pooling", "tokens whose mean the head sees") {
      .string($0.model.activePooling.rawValue)
    },
    ObjectMember("adapters", "what is attached; can be saved without the backbone") {
      .object(AdaptersObject($0.model))
    },
  ]

  var summary: String {
    let counts = model.parameterCounts
    return "\(model.backbone.summary), \(model.classes.count) classes, "
      + "\(counts.trainable.grouped) of \(counts.total.grouped) parameters trainable"
  }

  func display(columns: Int) -> String { summary }
}

/// What is attached to a model.
final class AdaptersObject: ObjectArgument {
  let model: AudioClassifier

  init(_ model: AudioClassifier) { self.model = model }

  static let typeDescription = "a model's adapters"
  let typeName = "adapters"
  var memberNames: [String] { ["names", "count"] }

  func member(_ name: String) -> Value? {
    switch name {
    case "names": .strings(model.attachments.map(\.name))
    case "count": .count(model.attachments.count)
    default: nil
    }
  }

  var summary: String {
    model.attachments.isEmpty
      ? "nothing attached" : model.attachments.map(\.name).joined(separator: ", ")
  }

  var items: List? {
    List(
      model.attachments.map { attachment in
        .record([
          "name": .string(attachment.name), "kind": .string(attachment.kind),
          "position": attachment.position.map { .string($0.description) } ?? .nil,
          "layers": .string(Self.layers(attachment.layers)),
          "parameters": .count(attachment.parameterCount),
          "enabled": .bool(attachment.isEnabled),
        ])
      })
  }

  /// The table of `items`, its values in a reader's words.
  func display(columns: Int) -> String {
    guard let items, case .record(let first) = items.first else { return summary }
    let rows = items.map { item -> [String] in
      guard case .record(let record) = item else { return [] }
      return record.values.map { value in
        switch value {
        case .nil: ""
        case .string(let text): text
        case .bool(let flag): flag ? "yes" : "no"
        case .number(let count): Int(clamped: count).grouped
        default: value.inline()
        }
      }
    }
    let numbers = first.values.indices.filter { position in
      if case .number = first.values[position] { true } else { false }
    }
    return TextTable(header: first.keys, rows: rows, rightAligned: Set(numbers))
      .text(columns: columns)
  }

  /// `0...11`, or the layers one by one when some are left out.
  static func layers(_ layers: [Int]) -> String {
    guard let first = layers.first, let last = layers.last else { return "" }
    if layers.count > 2, layers == Array(first...last) { return "\(first)...\(last)" }
    return layers.map(String.init).joined(separator: ", ")
  }
}
