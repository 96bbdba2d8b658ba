# A kernel built by clang with thin link-time optimization. A NixOS module: put it into `imports`.
#
# What can go wrong:
# - The configuration asks the compiler (`CC_IS_CLANG`, `LD_IS_LLD`, `HAS_LTO_CLANG`). With gcc's binutils in `stdenv`, kconfig takes
#   LTO_CLANG_THIN away; `falloutd lost` says so.
# - `modDirVersion` has to be what the kernel calls itself, or nixpkgs stops the build after its configuration, in the first minutes:
#   the version and LOCALVERSION. `kernel.override { modDirVersion = … }` has no effect, since nixpkgs' own wins; `argsOverride` does.
# - Modules from outside of the tree need the same compiler. Take them from `config.boot.kernelPackages` (see nvidia.nix), never from
#   `pkgs.linuxPackages`.
# - Linking takes some gigabytes of memory.
{ lib, pkgs, ... }:
let
  inherit (pkgs) llvmPackages;
  kernel = pkgs.linux_6_12;

  # clang with lld and llvm's ar and nm, whose paths nixpkgs hands to the kernel's make.
  stdenv = pkgs.overrideCC llvmPackages.stdenv (
    llvmPackages.clang.override { inherit (llvmPackages) bintools; }
  );
in
{
  boot.kernelPackages = pkgs.linuxPackagesFor (
    kernel.override {
      inherit stdenv;
      defconfig = "x86_64_defconfig";
      extraMakeFlags = [ "LLVM=1" ];
      # The mark in `uname -r`, and in the folder of the modules.
      argsOverride.modDirVersion = "${kernel.modDirVersion}-lto";
    }
  );

  boot.kernelPatches = [
    {
      name = "clang-thin-lto";
      patch = null;
      structuredExtraConfig = with lib.kernel; {
        LTO_NONE = no;
        LTO_CLANG_THIN = yes;
        LOCALVERSION = freeform "-lto";
      };
    }
  ];
}
