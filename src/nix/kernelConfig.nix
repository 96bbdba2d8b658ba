# The functions that NixOS' requirements ask of a kernel's configuration. Takes what gives the value of an option; null where it
# is not set.
getValue:
let
  is = wanted: option: getValue option == wanted;
in
rec {
  inherit getValue;
  isSet = option: getValue option != null;
  isYes = is "y";
  isNo = is "n";
  isModule = is "m";
  isEnabled = option: isYes option || isModule option;
  isDisabled = option: !(isSet option) || isNo option;
}
