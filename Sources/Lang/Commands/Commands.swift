/// Every command of the language, family by family: the one list that help, completion,
/// errors, the reference page and the interpreter read.
public enum Commands {
  public static let all: [Command] =
    DataCommands.all + ModelCommands.all + MethodConstructors.all + AugmentationCommands.all
    + TrainingCommands.all + ThresholdCommands.all + CheckpointCommands.all
    + PredictionCommands.all + PlotCommands.all + ModelFileCommands.all + SessionCommands.all
    + MathCommands.all
    + FileCommands.all

  private static let byName: [String: Command] =
    Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  /// The command called `name`.
  public static func named(_ name: String) -> Command? { byName[name] }

  /// The names in the order of the list.
  public static let names: [String] = all.map(\.name)
}
