{ lib, ... }:

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
