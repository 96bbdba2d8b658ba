{ lib, ... }:

with lib.kernel;

rec {
  # Drivers that this machine has no use for, and the one serial cable it has.
  drivers = {
    name = "drivers";
    patch = null;
    structuredExtraConfig = {
      RTLWIFI = no;
      RTL8192CEE = no;
      SND_SOC = no;
      SND_SOC_SOF_TOPLEVEL = yes;
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
      CMDLINE = freeform "quiet";
    };
  };

  # What the distribution turns on and nobody here uses.
  smaller = {
    name = "smaller";
    patch = null;
    structuredExtraConfig = {
      HIDRAW = no;
      CRC32 = no;
      DEBUG_FS = no;
    };
  };

  all = [
    drivers
    desktop
    smaller
  ];
}
