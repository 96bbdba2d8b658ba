/** patches.nix of a demo host on the small tree: a plausible desktop that wants less, with every kind of fallout. */
export const patchesForSmallTree = `{ lib, ... }:

with lib.kernel;

rec {
  # No Realtek, no SoC sound: this machine has neither.
  slim = {
    name = "slim";
    patch = null;
    structuredExtraConfig = {
      RTLWIFI = no;
      SND_SOC_SOF_TOPLEVEL = yes;
      SND_SOC = no;
      USB_SERIAL = module;
      USB_SERIAL_CONSOLE = yes;
    };
  };

  # A desktop that answers at once.
  desktop = {
    name = "desktop";
    patch = null;
    structuredExtraConfig = {
      PREEMPT = yes;
      HZ_1000 = yes;
      E1000E = yes;
      LOG_BUF_SHIFT = freeform "40";
    };
  };

  # What the distribution turns on and nobody here uses.
  hardening = {
    name = "hardening";
    patch = null;
    structuredExtraConfig = {
      HIDRAW = no;
      CRC32 = no;
      DEBUG_FS = no;
    };
  };

  all = [
    slim
    desktop
    hardening
  ];
}
`;

/** patches.nix of a demo host on a real kernel. */
export const patchesForLinux = `{ lib, ... }:

with lib.kernel;

rec {
  slim = {
    name = "slim";
    patch = null;
    structuredExtraConfig = {
      RTLWIFI = lib.mkForce no;
      SND_SOC = lib.mkForce no;
      USB_SERIAL_CONSOLE = lib.mkForce yes;
    };
  };

  desktop = {
    name = "desktop";
    patch = null;
    structuredExtraConfig = {
      PREEMPT = lib.mkForce yes;
      HIDRAW = no;
    };
  };

  all = [
    slim
    desktop
  ];
}
`;
