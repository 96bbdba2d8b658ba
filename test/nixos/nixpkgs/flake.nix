{
  description = "What falloutd's flake, modules and examples use of nixpkgs; anything else fails";

  outputs =
    { self }:
    let
      lib = import ./lib.nix;
    in
    {
      lib = lib // {
        nixosSystem = import ./nixos.nix { inherit lib; };
        homeManagerConfiguration = import ./home-manager.nix { inherit lib; };
      };
      legacyPackages = lib.genAttrs [ "x86_64-linux" "aarch64-linux" ] (
        system: import ./pkgs.nix { inherit lib system; }
      );
    };
}
