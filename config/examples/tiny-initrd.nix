# A small initrd on a small boot partition: what mounts the root file system is part of the kernel. A NixOS module: put it into
# `imports`.
#
# What can go wrong:
# - What the root file system needs and neither the kernel nor the initrd has leaves you in an emergency shell. Keep an older
#   generation that boots: `configurationLimit` counts them, and each needs its space.
# - A wish for `yes` becomes a module or nothing where something that it depends on is a module: look at `falloutd lost` before you boot.
# - Nix stops if `availableKernelModules` names a module that this kernel has neither as a file nor built in.
# - Disks that are unlocked with a password need a keyboard: USB_HID and the controller of its port.
{ lib, ... }:
{
  boot.initrd = {
    systemd.enable = true;
    includeDefaultModules = false;
    availableKernelModules = [ ];
    compressor = "zstd";
    compressorArgs = [
      "-19"
      "-T0"
    ];
  };

  boot.loader = {
    efi.canTouchEfiVariables = true;
    systemd-boot.enable = true;
    systemd-boot.configurationLimit = 3;
  };

  boot.kernelPatches = [
    {
      name = "tiny-initrd";
      patch = null;
      structuredExtraConfig = with lib.kernel; {
        # Defaults of nixpkgs ask for some of these as modules.
        BLK_DEV_NVME = lib.mkForce yes;
        EXT4_FS = lib.mkForce yes;
        VFAT_FS = lib.mkForce yes;
        DM_CRYPT = lib.mkForce yes;
        USB_HID = lib.mkForce yes;
        KERNEL_ZSTD = lib.mkForce yes;
        # Modules without debug information are far smaller.
        DEBUG_INFO_NONE = lib.mkForce yes;
      };
    }
  ];
}
