/// LoRA matrices as the `peft` package keeps them, in memory; `PEFTFolder` reads and writes
/// them. LoRA: Hu et al., 2021, arXiv 2106.09685.
public struct PEFTAdapter {
  /// One adapted linear layer: its weight gains `scaling · up · down`.
  public struct Pair {
    /// petl's name of the layer, such as `encoder.layer.0.attention.attention.query`.
    public var module: String
    /// `[rank, in]`, `lora_A` of peft.
    public var down: Tensor
    /// `[out, rank]`, `lora_B` of peft.
    public var up: Tensor
    /// `lora_alpha`: the scaling is alpha / rank, or alpha / √rank with `usesRankRoot`.
    public var alpha: Double

    public init(module: String, down: Tensor, up: Tensor, alpha: Double) {
      self.module = module
      self.down = down
      self.up = up
      self.alpha = alpha
    }

    public var rank: Int { down.shape.first ?? 0 }
  }

  public var pairs: [Pair]
  /// Tensors of modules that were trained whole (`modules_to_save`), under petl's names: the
  /// head, `classifier.…`, and the last LayerNorm, `layernorm.…`.
  public var saved: [(name: String, tensor: Tensor)]
  /// Dropout before `down` in training.
  public var dropout: Double
  /// rsLoRA (arXiv 2312.03732): alpha is divided by the root of the rank.
  public var usesRankRoot: Bool
  /// The model the adapter was trained on, if it says so.
  public var baseModel: String?
  /// What is worth telling about the folder it was read from.
  public var notices: [String] = []

  public init(
    pairs: [Pair], saved: [(name: String, tensor: Tensor)] = [], dropout: Double = 0,
    usesRankRoot: Bool = false, baseModel: String? = nil
  ) {
    self.pairs = pairs
    self.saved = saved
    self.dropout = dropout
    self.usesRankRoot = usesRankRoot
    self.baseModel = baseModel
  }

  /// The factor of `up · down` for a pair.
  public func scaling(of pair: Pair) -> Double {
    pair.alpha / (usesRankRoot ? Double(pair.rank).squareRoot() : Double(pair.rank))
  }
}

/// Why a folder is not a LoRA adapter that petl can use, or an adapter cannot be written so.
public enum PEFTError: DescribedError, Equatable {
  /// The configuration is of AdapterHub's `adapters` package, whose file has the same name.
  case adapterHub(path: String)
  /// Another method than LoRA.
  case method(path: String, found: String)
  /// LoRA with a variation that changes what the matrices mean.
  case variation(path: String, name: String, reason: String)
  /// A tensor that belongs to no LoRA matrix and no head.
  case unknownTensor(path: String, name: String)
  /// One of a module's two matrices is missing.
  case incomplete(path: String, module: String)
  /// A module's matrix is there under both versions' names, with different values.
  case conflict(path: String, module: String)
  /// The two matrices of a module do not fit each other.
  case shapes(path: String, module: String, down: [Int], up: [Int])
  /// Matrices of another rank than the configuration says.
  case rank(path: String, module: String, expected: Double, found: Int)
  /// Tensors of a module that the configuration says was trained whole.
  case missing(path: String, names: [String])
  /// LoRA matrices without the configuration, which has their scaling.
  case unconfigured(path: String)
  /// A regular expression in the configuration that cannot be matched.
  case pattern(path: String, key: String, pattern: String, reason: String)
  /// Every module that has matrices is one the configuration does not choose.
  case untargeted(path: String, module: String)
  /// Several adapters in one file, as in a state dictionary.
  case several(path: String, names: [String])
  /// Tensors of the model itself beside those of the adapter.
  case wholeModel(path: String, name: String)
  /// No LoRA matrix at all.
  case empty(path: String)
  /// A tensor of a module that transformers' AST does not have.
  case saved(path: String, name: String)
}

extension PEFTError {
  public var message: String {
    switch self {
    case .adapterHub(let path): "'\(path)' is an adapter of AdapterHub, not of peft"
    case .method(let path, let found): "'\(path)' is of method \(found), petl reads LoRA"
    case .variation(let path, let name, let reason):
      "'\(path)' uses \(name), which petl cannot: \(reason)"
    case .unknownTensor(let path, let name): "'\(path)' has a tensor '\(name.shown)' of unknown use"
    case .incomplete(let path, let module):
      "'\(path)' has only one of the two LoRA matrices of '\(module)'"
    case .conflict(let path, let module):
      "'\(path)' has two different LoRA matrices for '\(module)'"
    case .shapes(let path, let module, let down, let up):
      "'\(path)': the LoRA matrices of '\(module)' should be [r, in] and [out, r], found"
        + " \(down) and \(up)"
    case .rank(let path, let module, let expected, let found):
      "'\(path)': the LoRA of '\(module)' should have rank"
        + " \(Int(exactly: expected).map(String.init) ?? "\(expected)") by its configuration, found"
        + " \(found)"
    case .missing(let path, let names):
      "'\(path)' lacks \(names.joined(separator: ", ")), of a module that was trained whole"
    case .unconfigured(let path):
      "'\(path)' is an adapter of peft without the adapter_config.json that belongs beside it"
    case .pattern(let path, let key, let pattern, let reason):
      "'\(path)': \(key) has \"\(pattern.shown)\", and \(reason)"
    case .untargeted(let path, let module):
      "'\(path)' chooses none of the modules that have LoRA matrices, such as '\(module)'"
    case .several(let path, let names):
      "'\(path)' should hold one adapter, found \(names.count): \(names.shownList)"
    case .wholeModel(let path, let name):
      "'\(path)' holds the model as well as its adapter, such as '\(name.shown)'"
    case .empty(let path): "there are no LoRA matrices for or in '\(path)'"
    case .saved(let path, let name):
      "'\(path)' cannot hold '\(name)': transformers' AST has no such tensor"
    }
  }

  public var hint: String? {
    switch self {
    case .saved: "save the set as .safetensors instead"
    case .wholeModel, .several: "in Python, model.save_pretrained(FOLDER) writes an adapter alone"
    case .adapterHub: "petl reads adapters of peft, and those it has saved itself"
    default: nil
    }
  }
}
