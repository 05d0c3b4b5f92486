/// What a unit measures; only quantities of one dimension can be added or compared.
public enum Dimension: String, Sendable {
  case time, frequency, level, size
}

/// A unit that may follow a number, such as `ms` in `10ms`.
public struct Unit: Sendable, Equatable {
  /// How a script writes it after a number: `ms`.
  public let name: String
  /// What it measures.
  public let dimension: Dimension
  /// How many base units (s, Hz, dB, B) one of these is.
  public let factor: Double

  private init(_ name: String, _ dimension: Dimension, _ factor: Double) {
    self.name = name
    self.dimension = dimension
    self.factor = factor
  }

  /// `s`
  public static let seconds = Unit("s", .time, 1)
  /// `ms`
  public static let milliseconds = Unit("ms", .time, 1e-3)
  /// `Hz`
  public static let hertz = Unit("Hz", .frequency, 1)
  /// `kHz`
  public static let kilohertz = Unit("kHz", .frequency, 1e3)
  /// `dB`, a level: not added to or compared with anything but levels.
  public static let decibels = Unit("dB", .level, 1)
  /// `B`
  public static let bytes = Unit("B", .size, 1)

  /// Every unit the lexer knows.
  public static let all: [Unit] = [
    .seconds, .milliseconds, Unit("us", .time, 1e-6), Unit("min", .time, 60),
    Unit("h", .time, 3600), .hertz, .kilohertz, Unit("MHz", .frequency, 1e6), .decibels,
    .bytes, Unit("kB", .size, 1e3), Unit("MB", .size, 1e6), Unit("GB", .size, 1e9),
  ]

  /// The unit called `name`, in exactly this spelling.
  public static func named(_ name: String) -> Unit? { all.first { $0.name == name } }
}

/// A number with its unit, kept as it was written so that it prints the same.
public struct Quantity: Sendable, Equatable {
  public var amount: Double
  public var unit: Unit

  public init(_ amount: Double, _ unit: Unit) {
    self.amount = amount
    self.unit = unit
  }

  /// The same quantity counted in `other`, or `nil` when it measures something else.
  public func converted(to other: Unit) -> Double? {
    guard unit.dimension == other.dimension else { return nil }
    if unit.factor == other.factor { return amount }
    // Dividing by a whole number keeps 10 ms at exactly 0.01 s, where a product would not.
    return unit.factor < other.factor
      ? amount / (other.factor / unit.factor) : amount * (unit.factor / other.factor)
  }
}
