/// The value of a setting, as the language and the files hand it over.
public enum SettingValue: Sendable, Equatable, CustomStringConvertible {
  /// Left out, of a setting that need not have a value.
  case none
  case number(Double)
  case flag(Bool)
  case text(String)
  case texts([String])

  /// As errors quote it.
  public var description: String {
    switch self {
    case .none: "nothing"
    case .number(let x): x.shortText
    case .flag(let flag): "\(flag)"
    case .text(let text): text.shown
    case .texts(let list): "[" + list.map(\.shown).joined(separator: ", ") + "]"
    }
  }
}

extension SettingValue: Codable {
  /// - Throws: `DecodingError` for an object, or a list of other things than texts.
  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .none
    } else if let flag = try? value.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else {
      self = .texts(try value.decode([String].self))
    }
  }

  /// Writes the value itself.
  public func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .none: try value.encodeNil()
    case .number(let number): try value.encode(number)
    case .flag(let flag): try value.encode(flag)
    case .text(let text): try value.encode(text)
    case .texts(let list): try value.encode(list)
    }
  }
}
