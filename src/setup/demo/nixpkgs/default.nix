# What `import <nixpkgs> { }` gives.
{
  system ? builtins.currentSystem,
  standIn ? { },
}:
import ./pkgs.nix {
  lib = import ./lib;
  inherit system standIn;
}
