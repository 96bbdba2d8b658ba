# What NixOS' requirements of a kernel come to under the values of a .config. Takes kernelConfig.nix and those values as text of JSON,
# then a NixOS configuration.
{ kernelConfig, values }: host:
let
  inherit (builtins) filter fromJSON isAttrs isBool isString tryEval;

  options = fromJSON values;
  kernel = kernelConfig (option: options.${option} or null);
  judged = requirement:
    let holds = tryEval (requirement.assertion kernel); in
    if holds.success && isBool holds.value then [ { line = requirement.configLine; holds = holds.value; } ] else [ ];
in
builtins.concatMap judged (filter (each: isAttrs each && each ? assertion && isString (each.configLine or null)) host.config.system.requiredKernelConfig)
