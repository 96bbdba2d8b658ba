# Joins the lists of patches.nix. `falloutd init` adds its managed patch there or here, last, so that it sees all of them.
{ lib, ... }:
{
  boot.kernelPatches = with (import ./patches.nix { inherit lib; }); base ++ subtract ++ addition;
}
