/// petl's version, written into every file it saves and shown by `petl --version`.
public enum PetlVersion {
  public static let current = "0.1.0"
}
