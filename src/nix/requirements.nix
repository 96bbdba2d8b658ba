# What NixOS' requirements of a kernel come to under the values of a .config. Takes those values as text of JSON, then a NixOS
# configuration.
values: host:
let
  inherit (builtins) filter fromJSON isAttrs isBool isString map tryEval;

  options = fromJSON values;
  getValue = option: options.${option} or null;
  is = wanted: option: getValue option == wanted;
  kernel = rec {
    inherit getValue;
    isSet = option: getValue option != null;
    isYes = is "y";
    isNo = is "n";
    isModule = is "m";
    isEnabled = option: isYes option || isModule option;
    isDisabled = option: !(isSet option) || isNo option;
  };
  judged = requirement:
    let holds = tryEval (requirement.assertion kernel); in
    if holds.success && isBool holds.value then [ { line = requirement.configLine; holds = holds.value; } ] else [ ];
in
builtins.concatMap judged (filter (each: isAttrs each && each ? assertion && isString (each.configLine or null)) host.config.system.requiredKernelConfig)
