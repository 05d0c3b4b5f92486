/// A member of an engine object, declared once: Tab, `?x`, errors and the value itself.
struct ObjectMember<Object>: Sendable {
  let name: String
  let summary: String
  let get: @Sendable (Object) throws -> Value

  init(_ name: String, _ summary: String, _ get: @escaping @Sendable (Object) throws -> Value) {
    self.name = name
    self.summary = summary
    self.get = get
  }
}

/// An object whose members come from one list.
protocol ListedMembers: LangObject {
  static var members: [ObjectMember<Self>] { get }
}

extension ListedMembers {
  var memberNames: [String] { Self.members.map(\.name) }
  func member(_ name: String) throws -> Value? {
    try Self.members.first { $0.name == name }?.get(self)
  }
  func memberSummary(_ name: String) -> String? {
    Self.members.first { $0.name == name }?.summary
  }
}

extension Double {
  /// At most `digits` digits after the point, without idle zeros: for tables.
  func rounded(digits: Int) -> Double {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = (self * scale).rounded() / scale
    return scaled.isFinite ? scaled : self
  }
}

extension Int {
  /// With commas between thousands: `85,998,770`.
  var grouped: String {
    var digits = Array(String(magnitude))
    var place = digits.count - 3
    while place > 0 {
      digits.insert(",", at: place)
      place -= 3
    }
    return (self < 0 ? "-" : "") + String(digits)
  }
}
