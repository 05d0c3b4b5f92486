import ASTKit
print(PetlVersion.current)
