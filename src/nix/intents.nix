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

  # Since March 2026 nixpkgs writes the request into a file that buildPhase names, and has no attribute for it. While definitions
  # conflict that cannot be evaluated; the kernel without the settings of its patches has the same facts.
  hasConflicts = unmergeable != [ ] && !(configfile ? kernelConfig);
  withoutSettings = patch: removeAttrs patch [ "structuredExtraConfig" "extraStructuredConfig" "extraConfig" ];
  factsSource =
    if hasConflicts && kernel ? override
    then (kernel.override (old: { kernelPatches = map withoutSettings (old.kernelPatches or [ ]); })).configfile
    else configfile;
  phase = factsSource.buildPhase or "";
  isReadable = (tryEval (deepSeq phase true)).success;
  isKnown = unmergeable == [ ] || (hasConflicts && isReadable);
  around = builtins.split "ln -s \"(/[^\"]*)\" \"\\$buildRoot/kernel-config\"" phase;
  hasRequestFile = builtins.length around == 3;
  requestFile = baseNameOf (builtins.head (builtins.elemAt around 1));
  context = builtins.getContext phase;
  # What makes it: a derivation of that name.
  requestDrvs =
    let end = builtins.substring 32 (-1) requestFile + ".drv";
    in filter (path: builtins.substring (builtins.stringLength path - builtins.stringLength end) (-1) path == end) (attrNames context);
  phaseWithoutRequest =
    if !hasRequestFile then phase
    else builtins.appendContext
      "${builtins.head around}ln -s /dev/null \"$buildRoot/kernel-config\"${builtins.elemAt around 2}"
      (removeAttrs context requestDrvs);

  # The same derivation with a script that records what the Kconfig engine needs. Without the request it is the same whatever
  # is asked for, so Nix itself proves that the facts hold.
  facts = factsSource.overrideAttrs (old: {
    pname = "linux-kernel-facts";
    generateConfig = toFile "record-kernel-facts.pl" factsScript;
    falloutdScript = old.generateConfig;
    kernelConfig = "";
    ${if factsSource ? buildPhase then "buildPhase" else null} = phaseWithoutRequest;
  });
  # Vendor kernels may lack overrideAttrs.
  canBeOverridden = configfile ? overrideAttrs && configfile ? generateConfig && isReadable;

  isGenerated = configfile ? moduleStructuredConfig || configfile ? structuredConfig || configfile ? kernelConfig;

  # Who compiles it, where it runs and for which machine it compiles. A vendor's kernel may not say.
  compiler =
    let
      stdenv = kernel.stdenv or { };
      cc = stdenv.cc or { };
      described = {
        inherit (cc) drvPath;
        path = cc.outPath;
        prefix = string (cc.targetPrefix or "");
        system = string (cc.system or "");
        target = string (stdenv.hostPlatform.system or "");
        makeFlags = filter isString (if builtins.isList flags then flags else [ flags ]);
      };
      flags = configfile.makeFlags or [ ];
      tried = tryEval (deepSeq described described);
    in
    if cc ? drvPath && cc ? outPath && tried.success then tried.value else null;

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
  # Strings appended before those of the patches, in this order. Of nixpkgs since 2026 only the request itself has them.
  kernelExtraConfig = string (kernel.extraConfig or "") + "\n" + string (platform.extraConfig or "");
  settings = listToAttrs (map (n: { name = n; value = forced.${n}.value; }) (filter (n: forced.${n}.success) (attrNames forced)));
  # What is asked for: the structured settings as lines, and all of it, as an attribute or as the derivation of a file. While
  # definitions conflict, without what the patches ask for.
  structuredConfig = if isKnown then string (factsSource.moduleStructuredConfig.intermediateNixConfig or "") else null;
  kernelConfig = if unmergeable == [ ] && configfile ? kernelConfig then string configfile.kernelConfig else null;
  requestDrv = if isKnown && hasRequestFile && requestDrvs != [ ] then builtins.head requestDrvs else null;
  build = if unmergeable != [ ] then null else {
    inherit (configfile) drvPath;
    # Not `outPath`: an attribute set with one is printed as that alone.
    configPath = configfile.outPath;
    kernelDrvPath = kernel.drvPath or null;
  };
  facts = if canBeOverridden then { inherit (facts) drvPath; factsPath = facts.outPath; } else null;
  inherit compiler;
}
