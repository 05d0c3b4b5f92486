/// Writing tables and values to files.
enum FileCommands {
  static let all: [Command] = []
}
