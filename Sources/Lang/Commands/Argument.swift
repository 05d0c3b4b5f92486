import ASTKit

/// What the declaration of one argument says, whatever its type: the source of its checks,
/// its help, its completion and the texts of its errors.
public struct ArgumentDescription: Sendable {
  public enum Kind: Sendable, Equatable {
    /// An expression.
    case value
    /// A text that names a file or folder, completed from the disk.
    case path
    /// A bare name that is not evaluated, as `attach` in `help attach`.
    case name
  }

  /// What a call writes before `:`, and what errors call it.
  public let name: String
  /// One line of help, without a period.
  public let summary: String
  /// What it takes: `a whole number`, `a list of texts`.
  public let typeDescription: String
  public let kind: Kind
  /// Whether a call must give it.
  public let isRequired: Bool
  /// Its default as a script would write it.
  public let defaultText: String?
  public let unit: Unit?
  public let bounds: Bounds?
  public let allowed: [String]
  /// Whether it can only be given by name.
  public internal(set) var isNamedOnly: Bool
  /// Whether it takes all remaining values without a name.
  public let isVariadic: Bool

  /// A description for a command whose arguments are known only when petl runs, such as one
  /// made from an engine's settings; other commands declare an `Argument`.
  public init(
    name: String, summary: String, typeDescription: String, kind: Kind = .value,
    isRequired: Bool = false, defaultText: String? = nil, unit: Unit? = nil,
    bounds: Bounds? = nil, allowed: [String] = [], isNamedOnly: Bool = false,
    isVariadic: Bool = false
  ) {
    self.name = name
    self.summary = summary
    self.typeDescription = typeDescription
    self.kind = kind
    self.isRequired = isRequired
    self.defaultText = defaultText
    self.unit = unit
    self.bounds = bounds
    self.allowed = allowed
    self.isNamedOnly = isNamedOnly
    self.isVariadic = isVariadic
  }
}

/// One argument of a command, with the Swift type that the command receives.
///
///     Argument<Double>("lr", "peak learning rate", default: 1e-3, bounds: .above(0))
///     Argument<Int>("rate", "hidden size over bottleneck", bounds: .atLeast(1))
///     Argument<String?>("to", "file to write")           // optional: may be left out
///     Argument<[Value]>("curves", "what to draw", variadic: true)
///     Argument<Double>("hop", "step", default: 10, unit: .milliseconds)
public struct Argument<A: ArgumentValue>: @unchecked Sendable {
  public let description: ArgumentDescription
  let defaultValue: A?

  /// - Parameters:
  ///   - name: what a call writes before `:`.
  ///   - summary: one line of help, without a period.
  ///   - value: what it is when a call leaves it out; without one it is required, unless its
  ///     type is optional.
  ///   - unit: what a bare number is counted in; quantities are converted to it.
  ///   - bounds: where its numbers must lie.
  ///   - allowed: the only texts it takes.
  ///   - named: whether it can only be given by name.
  ///   - variadic: whether it takes all remaining values without a name.
  ///   - shown: the default's text in help, where the value's own says too little.
  public init(
    _ name: String, _ summary: String, default value: A? = nil, unit: Unit? = nil,
    bounds: Bounds? = nil, allowed: [String] = [], named: Bool = false, variadic: Bool = false,
    shown: String? = nil
  ) {
    defaultValue = value ?? A.absent ?? (variadic ? A.empty : nil)
    description = ArgumentDescription(
      name: name, summary: summary, typeDescription: A.typeDescription, kind: A.kind,
      isRequired: defaultValue == nil, defaultText: shown ?? value.flatMap { $0.defaultText },
      unit: unit, bounds: bounds, allowed: allowed, isNamedOnly: named, isVariadic: variadic)
  }
}
