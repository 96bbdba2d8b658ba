# A module from outside of the tree on a tuned kernel: NVIDIA's driver, open or closed. A NixOS module: put it into `imports` beside
# the one that sets `boot.kernelPackages`, e.g. clang-thin-lto.nix.
#
# `config.boot.kernelPackages` are the packages of the kernel that boots: its headers, its `modDirVersion` and its compiler. So the
# driver is built for it, and again when the kernel changes.
#
# What can go wrong:
# - `pkgs.linuxPackages.nvidiaPackages` belongs to another kernel: its modules do not load ("disagrees about version of symbol").
# - A kernel without MODULES, or with MODULE_SIG_FORCE, loads no such module. With TRIM_UNUSED_KSYMS the driver lacks symbols.
# - The open modules need a Turing card (GTX 16, RTX 20) or newer.
# - `hardware.nvidia` does the same and the rest of a desktop: with `services.xserver.videoDrivers = [ "nvidia" ]` set
#   `hardware.nvidia.package` and `hardware.nvidia.open` instead of `boot.extraModulePackages`.
{ config, lib, ... }:
let
  driver = config.boot.kernelPackages.nvidiaPackages.production;
  isOpen = true;
in
{
  nixpkgs.config.allowUnfreePredicate =
    package: lib.hasPrefix "nvidia" (package.pname or (builtins.parseDrvName package.name).name);

  boot.extraModulePackages = [ (if isOpen then driver.open else driver.bin) ];
  boot.kernelModules = [
    "nvidia"
    "nvidia_modeset"
    "nvidia_drm"
  ];
  boot.kernelParams = [ "nvidia-drm.modeset=1" ];
  boot.blacklistedKernelModules = [ "nouveau" ];
}
