/// What a model is asked: a head, the classes its outputs stand for, and the tokens it looks at.
///
/// A model has one of its own. An attachment that was trained for other classes brings
/// another, which is in force while it is enabled.
struct ClassificationTask {
  let head: ClassificationHead
  let classes: [String]
  let pooling: Pooling

  /// Whether a head of this kind for these classes answers the same question.
  func asksFor(_ classes: [String], _ style: ClassificationHead.Style, _ pooling: Pooling) -> Bool {
    self.classes == named(classes) && head.style == style && self.pooling == pooling
  }

  /// The names of another head's outputs: its own, or these if it has none and as many outputs.
  func named(_ classes: [String]) -> [String] {
    Self.areNumbers(classes) && classes.count == self.classes.count ? self.classes : classes
  }
}
