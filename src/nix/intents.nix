# What falloutd has to know of a kernel, in one evaluation. Handed to `nix eval --json --apply`:
#   import-free text, so that it also evaluates in pure mode; works on Nix 2.8 and newer.
# Takes the script of the kernel facts as text, then a kernel or its configfile.
{ factsScript }: thing:
let
  inherit (builtins)
    attrNames concatMap deepSeq filter hasAttr isAttrs isString listToAttrs map mapAttrs toFile tryEval unsafeGetAttrPos;

  kernel = if thing ? configfile then thing else { };
  configfile = thing.configfile or thing;
  configuration = configfile.moduleStructuredConfig or { };

  # lib.modules: mkOverride, mkIf, mkMerge and mkOrder around a definition, to plain definitions with their priority.
  discharge = priority: v:
    if !(isAttrs v) then [ { inherit priority; value = v; } ]
    # The outermost override counts: lib.modules looks at no other.
    else if (v._type or "") == "override" then map (d: d // { inherit (v) priority; }) (discharge v.priority v.content)
    else if (v._type or "") == "if" then (if v.condition then discharge priority v.content else [ ])
    else if (v._type or "") == "merge" then concatMap (discharge priority) v.contents
    else if (v._type or "") == "order" then discharge priority v.content
    else [ { inherit priority; value = v; } ];

  # A field may carry an override of its own; the smallest priority number wins, of equals the last.
  field = name: fallback: item:
    if !(hasAttr name item) then fallback
    else
      let
        found = discharge 100 item.${name};
        best = builtins.foldl' (b: d: if b == null || d.priority <= b.priority then d else b) null found;
      in if best == null then fallback else best.value;

  # What a person would have written, of a value that is no setting.
  plain = v:
    if isString v then v
    else if builtins.isBool v then (if v then "true" else "false")
    else if builtins.isInt v || builtins.isFloat v then toString v
    else if v == null then "null"
    else "";

  binding = attrs: symbol: d: {
    inherit symbol;
    inherit (d) priority;
    position = unsafeGetAttrPos symbol attrs;
  } // (if isAttrs d.value then {
    tristate = field "tristate" null d.value;
    freeform = field "freeform" null d.value;
    optional = field "optional" false d.value;
  } else { malformed = { type = builtins.typeOf d.value; text = plain d.value; }; });

  bindings = structured:
    concatMap
      (outer:
        if !(isAttrs outer.value) then [ ]
        else concatMap
          (symbol: map (binding outer.value symbol) (discharge outer.priority outer.value.${symbol}))
          (attrNames outer.value))
      (discharge 100 structured);

  string = v: if isString v then v else "";

  patch = p: {
    name = string (p.name or "");
    attributes = filter (a: hasAttr a p) [ "structuredExtraConfig" "extraStructuredConfig" ];
    bindings = concatMap (a: if hasAttr a p then bindings p.${a} else [ ]) [ "extraStructuredConfig" "structuredExtraConfig" ];
    extraConfig = string (p.extraConfig or "");
    position = unsafeGetAttrPos "name" p;
    legacyPosition = unsafeGetAttrPos "extraConfig" p;
  };

  # A definition that cannot be merged throws; so all of them are found in one evaluation.
  forced = mapAttrs
    (_: s: tryEval (deepSeq [ s.tristate s.freeform s.optional ] { inherit (s) tristate freeform optional; }))
    (configuration.settings or configfile.structuredConfig or { });
  unmergeable = filter (n: !forced.${n}.success) (attrNames forced);

  # Strings appended before those of the patches, in this order.
  kernelExtraConfig = string (kernel.extraConfig or "") + "\n" + string (platform.extraConfig or "");
  # nixpkgs joins them so. Since March 2026 the result is no attribute, but a file that buildPhase names.
  request = configfile.kernelConfig or (builtins.concatStringsSep "\n" (
    [ (string (configuration.intermediateNixConfig or "") + kernelExtraConfig) ]
    ++ map (p: string (p.extraConfig or "")) (kernel.kernelPatches or [ ])
  ));

  # buildPhase without that file: neither its name nor, in the string's context, what makes it.
  withoutRequest = phase:
    let
      parts = builtins.split "ln -s \"(/[^\"]*)\" \"\\$buildRoot/kernel-config\"" phase;
      file = baseNameOf (builtins.head (builtins.elemAt parts 1));
      derivation = builtins.substring 32 (-1) file + ".drv";
      isIt = path:
        baseNameOf path == file
        || builtins.substring (builtins.stringLength path - builtins.stringLength derivation) (-1) path == derivation;
      context = builtins.getContext phase;
    in
    if builtins.length parts != 3 then phase
    else builtins.appendContext
      "${builtins.head parts}ln -s /dev/null \"$buildRoot/kernel-config\"${builtins.elemAt parts 2}"
      (removeAttrs context (filter isIt (attrNames context)));

  # The same derivation with a script that records what the Kconfig engine needs. Without the request it is the same whatever
  # is asked for, so Nix itself proves that the facts hold.
  facts = configfile.overrideAttrs (old: {
    pname = "linux-kernel-facts";
    generateConfig = toFile "record-kernel-facts.pl" factsScript;
    falloutdScript = old.generateConfig;
    kernelConfig = "";
    ${if configfile ? buildPhase then "buildPhase" else null} = withoutRequest old.buildPhase;
  });
  # Vendor kernels may lack overrideAttrs.
  canBeOverridden = configfile ? overrideAttrs && configfile ? generateConfig;

  isGenerated = configfile ? moduleStructuredConfig || configfile ? structuredConfig || configfile ? kernelConfig;

  platform = kernel.stdenv.hostPlatform.linux-kernel or kernel.stdenv.hostPlatform.platform or { };
in
if isAttrs thing && thing ? configfile && !isGenerated
then { kind = "finished-config"; file = if isAttrs configfile then configfile.name or "" else toString configfile; }
else if !(isAttrs thing) || !(configfile ? drvPath) || !isGenerated
then { kind = "no-kernel"; attributes = if isAttrs thing then attrNames thing else [ ]; }
else {
  kind = "kernel";
  inherit unmergeable;
  storeDir = builtins.storeDir;
  version = string (kernel.version or configfile.version or "");
  patches = map patch (kernel.kernelPatches or [ ]);
  kernelBindings = bindings (kernel.structuredExtraConfig or { });
  commonBindings = bindings (kernel.commonStructuredConfig or { });
  inherit kernelExtraConfig;
  settings = listToAttrs (map (n: { name = n; value = forced.${n}.value; }) (filter (n: forced.${n}.success) (attrNames forced)));
  kernelConfig = if unmergeable == [ ] then string request else null;
  build = if unmergeable != [ ] then null else {
    inherit (configfile) drvPath;
    # Not `outPath`: an attribute set with one is printed as that alone.
    configPath = configfile.outPath;
    kernelDrvPath = kernel.drvPath or null;
  };
  facts = if canBeOverridden then { inherit (facts) drvPath; factsPath = facts.outPath; } else null;
}
