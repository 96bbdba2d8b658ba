# A kernel for one processor, built by nixpkgs' own gcc. A NixOS module: put it into `imports`.
#
# What can go wrong:
# - `-march=native` means the machine that builds, which need not be the one that boots. `falloutd patch cpu` on the machine
#   that boots names its processor.
# - A gcc that is older than the processor does not know its name: the build fails at its first file.
# - Each flag is a word of its own: a space within one would split it on its way to make.
# - NR_CPUS below the number of threads leaves the others off. `falloutd lost` shows where kconfig keeps another number.
{ lib, pkgs, ... }:
let
  processor = "znver4";
  kernel = pkgs.linux_6_12;
in
{
  boot.kernelPackages = pkgs.linuxPackagesFor (
    kernel.override {
      extraMakeFlags = [
        "KCFLAGS+=-march=${processor}"
        "KCFLAGS+=-mtune=${processor}"
      ];
      argsOverride.modDirVersion = "${kernel.modDirVersion}-${processor}";
    }
  );

  boot.kernelPatches = [
    {
      name = "one-cpu";
      patch = null;
      structuredExtraConfig = with lib.kernel; {
        LOCALVERSION = freeform "-${processor}";
        # nixpkgs asks for more.
        NR_CPUS = lib.mkForce (freeform "32");
        # The other makers' processors; they can be left out only where PROCESSOR_SELECT asks for it.
        PROCESSOR_SELECT = yes;
        CPU_SUP_INTEL = no;
        CPU_SUP_HYGON = no;
        CPU_SUP_CENTAUR = no;
        CPU_SUP_ZHAOXIN = no;
      };
    }
  ];
}
