# The unit of a small system with the NixOS module.
{ nixpkgs, pkgs }:
(nixpkgs.lib.nixosSystem {
  inherit (pkgs.stdenv.hostPlatform) system;
  modules = [
    ./nixos-module.nix
    {
      services.falloutd = {
        enable = true;
        settings.target.laptop = {
          flake = "/etc/nixos";
          attribute = "nixosConfigurations.laptop.config.system.build.kernel";
        };
      };
    }
  ];
}).config.systemd.units."falloutd.service".unit
