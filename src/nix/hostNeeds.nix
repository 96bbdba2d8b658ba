# What a NixOS host needs of its kernel, in one evaluation. Handed to `nix eval --json --apply`, as intents.nix is.
# Takes kernelConfig.nix, then a NixOS configuration: `config`, and `options` where it has them. What cannot be evaluated counts as not there.
{ kernelConfig }: host:
let
  inherit (builtins)
    attrNames concatMap deepSeq elem filter foldl' isAttrs isBool isList isString map match tryEval;

  config = host.config or { };
  options = host.options or { };

  attempt = fallback: value: let tried = tryEval (deepSeq value value); in if tried.success then tried.value else fallback;
  # For what must not be evaluated to its end, as packages.
  attemptList = value: let tried = tryEval value; in if tried.success && isList tried.value then tried.value else [ ];
  at = path: set: foldl' (inside: name: if isAttrs inside && inside ? ${name} then inside.${name} else null) set path;
  orElse = fallback: value: if value == null then fallback else value;
  strings = value: filter isString (if isList value then value else [ ]);
  valueOf = path: fallback: attempt fallback (orElse fallback (at path config));

  # Each module that a list names, with the file of the definition. Without definitions the list itself has to do.
  modules = path:
    let
      from = { file ? null, value }: map (module: { inherit module; file = if isString file then file else null; }) (strings value);
      definitions = attempt null (at (path ++ [ "definitionsWithLocations" ]) options);
      values = strings (valueOf path [ ]);
      placed = if definitions == null then [ ] else concatMap from definitions;
      # A condition or an override may stand around a definition, or change it afterwards.
      known = filter (each: elem each.module values) placed;
      names = map (each: each.module) known;
    in
    known ++ map (module: { inherit module; file = null; }) (filter (module: !(elem module names)) values);

  fileSystem = mountPoint:
    let set = config.fileSystems.${mountPoint}; in
    attempt null {
      inherit mountPoint;
      type = if isString (set.fsType or null) then set.fsType else "auto";
      isEarly = (set.neededForBoot or false) == true;
      isUsed = (set.enable or true) == true && !(elem "noauto" (strings (set.options or [ ])));
    };

  # Older nixpkgs have a list, newer ones a set of booleans.
  supported = value: if isList value then strings value else if isAttrs value then filter (name: value.${name} == true) (attrNames value) else [ ];

  # A kernel of which one option is known: whoever asks for another one is stopped.
  kernelWith = symbol: value: kernelConfig (option: if option == symbol then value else throw "another option");

  holdsWith = requirement: symbol: value:
    let held = attempt null (requirement.assertion (kernelWith symbol value)); in if isBool held then held else null;

  requirement = each:
    let
      line = if isString (each.configLine or null) then each.configLine else "";
      found = match "#? ?(CONFIG_)?([A-Za-z0-9_]+)[= ].*" line;
      symbol = if found == null then null else builtins.elemAt found 1;
      holds = holdsWith each symbol;
    in
    {
      inherit symbol line;
      message = if isString (each.message or null) then each.message else "";
      # By the value of that option alone; null where it asks for another one. In a .config an n is not written.
      y = if symbol == null then null else holds "y";
      m = if symbol == null then null else holds "m";
      n = if symbol == null then null else let off = holds "n"; in if off == null then null else off || holds null == true;
    };
in
{
  kind = if isAttrs host && isAttrs config && config ? boot then "host" else "no-host";
  initrd = {
    available = modules [ "boot" "initrd" "availableKernelModules" ];
    loaded = modules [ "boot" "initrd" "kernelModules" ];
    crypto = strings (valueOf [ "boot" "initrd" "luks" "cryptoModules" ] [ ]);
    allowsMissing = valueOf [ "boot" "initrd" "allowMissingModules" ] false == true;
    isMade = valueOf [ "boot" "initrd" "enable" ] true != false;
  };
  loaded = modules [ "boot" "kernelModules" ];
  # A package may be built already, and then says itself which modules it has.
  extraModules = map
    (package: { name = attempt "" (package.pname or package.name or ""); path = attempt null (builtins.unsafeDiscardStringContext package.outPath); })
    (attemptList (at [ "boot" "extraModulePackages" ] config));
  fileSystems = filter (each: each != null && each.isUsed) (map fileSystem (attempt [ ] (attrNames (orElse { } (at [ "fileSystems" ] config)))));
  supportedFileSystems = attempt [ ] (supported (at [ "boot" "supportedFilesystems" ] config));
  swaps = builtins.length (attemptList (at [ "swapDevices" ] config));
  required = map requirement (filter (each: isAttrs each && each ? assertion) (attemptList (at [ "system" "requiredKernelConfig" ] config)));
}
