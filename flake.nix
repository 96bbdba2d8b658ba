{
  description = "Watches a NixOS kernel configuration and absorbs its fallout until the config builds";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      inherit (nixpkgs) lib;
      systems = [
        "x86_64-linux"
        "aarch64-linux"
      ];
      eachSystem = outputs: lib.genAttrs systems (system: outputs nixpkgs.legacyPackages.${system});
    in
    {
      packages = eachSystem (pkgs: rec {
        falloutd = pkgs.callPackage ./config/nix/package.nix { };
        default = falloutd;
      });

      # nix run github:…/falloutd -- init
      apps = eachSystem (pkgs: {
        default = {
          type = "app";
          program = lib.getExe self.packages.${pkgs.stdenv.hostPlatform.system}.default;
          meta.description = "Absorbs the fallout of a kernel configuration";
        };
      });

      overlays.default = final: _: { falloutd = final.callPackage ./config/nix/package.nix { }; };

      nixosModules.default = ./config/nix/nixos-module.nix;
      homeModules.default = ./config/nix/home-module.nix;

      devShells = eachSystem (pkgs: {
        default = import ./config/nix/shell.nix { inherit pkgs; };
      });

      formatter = eachSystem (pkgs: pkgs.nixfmt-tree);

      checks = eachSystem (pkgs: {
        package = self.packages.${pkgs.stdenv.hostPlatform.system}.default;
        module = import ./config/nix/check-module.nix { inherit nixpkgs pkgs; };
        vm = pkgs.testers.runNixOSTest ./config/nix/vm-test.nix;
      });
    };
}
