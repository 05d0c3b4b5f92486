import ASTKit

/// Writing tables and values to files.
enum FileCommands {
  static let all: [Command] = [write]

  private static let write = Command(
    "write", "Writes a table or value to a file.", example: "write csv [[a: 1]], \"table.csv\"",
    Argument<String>(
      "format", "how to write it", allowed: ["csv", "json", "text", "raven", "audacity"]),
    Argument<Value>("value", "a list of records, a record, or any value"),
    Argument<FilePath>("file", "the file to write")
  ) { session, format, value, file in
    let interrupt = session.interrupt
    let text: String
    do {
      switch format {
      case "csv": text = try CSVText.text(value, interrupt)
      case "raven": text = try AnnotationText.raven(value)
      case "audacity":
        try AnnotationText.writeAudacity(value, to: file.path)
        return .nil
      case "json": text = try JSONText.text(value, interrupt) + "\n"
      default: text = try value.text(interrupt: interrupt) + "\n"
      }
    } catch let error as CommandError {
      throw CommandError(error.message, argument: "value", hint: error.hint)
    }
    do { try AtomicFile.write(file.path, text: text) } catch let error as any DescribedError {
      throw CommandError(error.message, argument: "file", hint: error.hint)
    }
    return .nil
  }
}
