import ASTKit

/// One run of a protocol in the language.
final class FoldObject: ObjectArgument, ListedMembers {
  let fold: Fold

  init(_ fold: Fold) { self.fold = fold }

  static let typeDescription = "a fold"
  let typeName = "fold"

  static let members: [ObjectMember<FoldObject>] = [
    ObjectMember("name", "what is tested") { .string($0.fold.name) },
    ObjectMember("train", "clips to train on") { .object(DatasetObject($0.fold.train)) },
    ObjectMember("valid", "clips to choose the best weights on") { object in
      object.fold.valid.map { .object(DatasetObject($0)) } ?? .nil
    },
    ObjectMember("test", "clips for the result") { .object(DatasetObject($0.fold.test)) },
  ]

  var summary: String {
    let valid = fold.valid.map { ", valid \($0.count)" } ?? ""
    return "\(fold.name): train \(fold.train.count)\(valid), test \(fold.test.count) clips"
  }
}
