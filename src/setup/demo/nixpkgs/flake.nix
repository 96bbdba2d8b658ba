{
  description = "A stand-in for nixpkgs: the kernel's config as a derivation, and nothing else";

  outputs =
    { self }:
    let
      lib = import ./lib;
      nixosSystem = import ./nixos { inherit lib; };
      systems = [
        "x86_64-linux"
        "aarch64-linux"
      ];
    in
    {
      lib = lib // {
        inherit nixosSystem;
      };
      legacyPackages = lib.genAttrs systems (system: import ./pkgs.nix { inherit lib system; });
    };
}
