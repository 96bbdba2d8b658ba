# What NixOS itself asks of a kernel: the modules that it puts into every initrd, and the options that its services rest on.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (config.boot) initrd;
  usedTypes = lib.unique (lib.mapAttrsToList (_: fileSystem: fileSystem.fsType or "auto") config.fileSystems);
  requirement = holds: message: letter: option: {
    assertion = kernel: kernel.${holds} option;
    message = "CONFIG_${option} ${message}!";
    configLine = "CONFIG_${option}=${letter}";
  };
in
{
  boot.kernelModules = [
    "loop"
    "atkbd"
  ];

  boot.initrd.availableKernelModules =
    lib.optionals initrd.includeDefaultModules (
      [
        "ahci"
        "sata_nv"
        "sata_via"
        "sata_sis"
        "sata_uli"
        "ata_piix"
        "pata_marvell"
        "nvme"
        "sd_mod"
        "sr_mod"
        "mmc_block"
        "uhci_hcd"
        "ehci_hcd"
        "ehci_pci"
        "ohci_hcd"
        "ohci_pci"
        "xhci_hcd"
        "xhci_pci"
        "usbhid"
        "hid_generic"
        "hid_lenovo"
        "hid_apple"
        "hid_roccat"
        "hid_logitech_hidpp"
        "hid_logitech_dj"
        "hid_microsoft"
        "hid_cherry"
        "hid_corsair"
      ]
      ++ lib.optionals pkgs.stdenv.hostPlatform.isx86_64 [
        "pcips2"
        "atkbd"
        "i8042"
        "rtc_cmos"
      ]
    )
    ++ lib.optionals (initrd.luks.devices != { }) (
      [
        "dm_mod"
        "dm_crypt"
        "cryptd"
        "input_leds"
      ]
      ++ initrd.luks.cryptoModules
    )
    ++ lib.optionals (builtins.elem "ext4" usedTypes) [
      "ext2"
      "ext4"
    ];

  boot.initrd.kernelModules = lib.optionals initrd.includeDefaultModules [ "dm_mod" ];
  boot.initrd.luks.cryptoModules = [
    "aes"
    "aes_generic"
    "blowfish"
    "twofish"
    "serpent"
    "cbc"
    "xts"
    "lrw"
    "sha1"
    "sha256"
    "sha512"
    "af_alg"
    "algif_skcipher"
  ];
  boot.supportedFilesystems = lib.genAttrs usedTypes (_: true);

  lib.kernelConfig = {
    isYes = requirement "isYes" "is not yes" "y";
    isNo = requirement "isNo" "is not no" "n";
    isModule = requirement "isModule" "is not built as a module" "m";
    isEnabled = requirement "isEnabled" "is not enabled" "y";
    isDisabled = requirement "isDisabled" "is not disabled" "n";
  };

  system.requiredKernelConfig = with config.lib.kernelConfig; [
    (isYes "MODULES")
    (isYes "BINFMT_ELF")
    (isYes "TMPFS")
    (isYes "BLK_DEV_INITRD")
  ];
}
