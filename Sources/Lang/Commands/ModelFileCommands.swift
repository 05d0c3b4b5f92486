import ASTKit

/// Writing models and adapters to files, and reading adapters back.
enum ModelFileCommands {
  static let all: [Command] = [save, load]

  private static let save = Command(
    "save", "Saves a model, or with net.adapters only what was attached and trained.",
    example: "save net.adapters, \"letters.safetensors\"",
    Argument<Value>("what", "a model, or a model's .adapters"),
    Argument<FilePath>("file", "NAME.safetensors; for a model or format \"peft\" also a folder"),
    Argument<String>(
      "format", "for adapters: petl's own file, or a folder for the peft package (LoRA)",
      default: "petl", allowed: ["petl", "peft"], named: true)
  ) { session, what, file, format in
    switch what {
    case .object(let net as ModelObject):
      guard format != "peft" else {
        throw CommandError(
          "a folder for the peft package holds adapters without their model", argument: "format",
          hint: "save net.adapters, FILE, format: \"peft\"")
      }
      for notice in try ModelFile.save(net.model, to: file.path) { session.notice(notice) }
      net.model.noteSaved(.whole)
    case .object(let adapters as AdaptersObject):
      if format == "peft" {
        let leftOut = try PEFTFolder.save(adapters.model, to: file.path)
        for notice in leftOut { session.notice(notice) }
        // What that layout has no place for, or is switched off, is not in the folder.
        let isComplete = leftOut.isEmpty && adapters.model.attachments.allSatisfy(\.isEnabled)
        if isComplete { adapters.model.noteSaved(.adapters) }
      } else {
        try AdapterFile.save(adapters.model, to: file.path)
        adapters.model.noteSaved(.adapters)
      }
    default:
      throw CommandError(
        "only a model or its adapters can be saved, found \(what.found)", argument: "what",
        hint: "save net, FILE or save net.adapters, FILE")
    }
    return .nil
  }

  private static let load = Command(
    "load", "Puts a saved set of adapters, with its head, back on a model.",
    example: "load net, \"letters.safetensors\"",
    Argument<ModelObject>("net", "the model it was trained on"),
    Argument<FilePath>(
      "file", "what save net.adapters, the peft package or the published code wrote"),
    Argument<String?>("name", "what to call it, if the file holds one", named: true)
  ) { session, net, file, name in
    for notice in try AdapterPath.load(file.path, into: net.model, as: name) {
      session.notice(notice)
    }
    return .nil
  }
}
