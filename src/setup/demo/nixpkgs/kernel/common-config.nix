# What this nixpkgs asks of every kernel, per kind of tree.
{
  lib,
  flavour,
  version,
  stdenv,
}:
let
  inherit (lib.kernel)
    yes
    no
    module
    freeform
    option
    ;
  ask =
    { value, optional, ... }:
    let
      tristates = {
        y = yes;
        m = module;
        n = no;
      };
      asked = tristates.${value} or (freeform value);
    in
    if optional || !isRecorded then option asked else asked;
  # nixpkgs' list has conditions on versions, machines and compilers; what is recorded here is one outcome.
  isRecorded = stdenv.hostPlatform.isx86_64 && stdenv.cc.isGNU && lib.hasPrefix "6.12." version;
in
{
  small = import ./common-config-small.nix { inherit lib; };
  linux =
    lib.listToAttrs (
      map (default: lib.nameValuePair default.name (ask default)) (
        lib.importJSON ./nixos-defaults-6.12.json
      )
    )
    // {
      # Needs BTF, and that pahole, which few machines have; nixpkgs brings its own.
      SCHED_CLASS_EXT = option yes;
    }
    // lib.optionalAttrs (lib.versionOlder version "6.7") {
      # No tristate yet.
      NVME_AUTH = yes;
    };
}
.${flavour}
