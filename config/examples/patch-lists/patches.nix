# Three lists of wishes, which configuration.nix joins; `falloutd init` takes them as they are.
#
# What can go wrong:
# - Two lists that ask for different values of one symbol are a conflict, which stops the evaluation. The later list wins with
#   `lib.mkForce`; falloutd settles what is left.
# - `subtract` takes parents away, and with them what `base` and `addition` ask for below them. `falloutd lost` names both.
{ lib, ... }:
with lib.kernel;
{
  # What this machine needs.
  base = [
    {
      name = "base";
      patch = null;
      structuredExtraConfig = {
        HZ_1000 = yes;
        R8169 = yes;
      };
    }
  ];

  # What it can do without.
  subtract = [
    {
      name = "no-usb-storage";
      patch = null;
      structuredExtraConfig.USB_STORAGE = lib.mkForce no;
    }
    {
      name = "no-sound";
      patch = null;
      structuredExtraConfig.SOUND = lib.mkForce no;
    }
  ];

  # What comes on top.
  addition = [
    {
      name = "console-on-usb";
      patch = null;
      structuredExtraConfig.USB_SERIAL_CONSOLE = yes;
    }
  ];
}
