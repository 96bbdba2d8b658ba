# falloutd.toml as options: the keys, types and descriptions of ../schema/falloutd.schema.json, which is made from falloutd's
# own schema. Other keys pass here, and falloutd refuses them when the file is built.
{ lib, pkgs }:
let
  inherit (lib) types;
  format = pkgs.formats.toml { };
  schema = lib.importJSON ../schema/falloutd.schema.json;

  # The keys of a target that hold a path.
  pathKeys = [
    "flake"
    "file"
    "patches"
    "managed"
  ];

  typeOf =
    key:
    if key ? anyOf then
      types.oneOf (map typeOf key.anyOf)
    else if key ? enum then
      types.enum key.enum
    else if key.type == "boolean" then
      types.bool
    else if key.type == "string" then
      if key ? pattern then types.strMatching key.pattern else types.str
    else if key.type == "integer" then
      if key.minimum == 0 then types.ints.unsigned else types.ints.positive
    else if key.type == "number" then
      if key ? minimum then types.numbers.between key.minimum key.maximum else types.numbers.positive
    else if key.type == "array" then
      types.listOf (typeOf key.items)
    else if key.additionalProperties == false then
      table key
    else
      types.attrsOf (table key.additionalProperties);

  table =
    key:
    types.submodule {
      freeformType = format.type;
      options = builtins.mapAttrs (optionOf (key.required or [ ])) key.properties;
    };

  optionOf =
    required: name: key:
    let
      isTable = key.type or null == "object";
      # The default of a path is relative, and so another one here (`complete` below).
      hasDefault = key ? default && !isTable && !builtins.elem name pathKeys;
      defaultText = lib.optionalString hasDefault " Without it: `${builtins.toJSON key.default}`.";
    in
    lib.mkOption (
      {
        type = if isTable || builtins.elem name required then typeOf key else types.nullOr (typeOf key);
        description = key.description + defaultText;
      }
      // (
        if isTable then
          { default = { }; }
        else
          lib.optionalAttrs (!builtins.elem name required) { default = null; }
      )
    );
in
rec {
  type = table schema;

  # The settings with what falloutd cannot know: `~` becomes `home`, and a target's wishes stand beside its flake.
  complete =
    { home, defaults }:
    settings:
    let
      place = path: if lib.hasPrefix "~/" path then home + lib.removePrefix "~" path else path;
      set = defaults // lib.filterAttrsRecursive (_: value: value != null) settings;
      targetOf =
        target:
        let
          whole = lib.optionalAttrs (target ? flake) { patches = "${target.flake}/patches.nix"; } // target;
        in
        whole // lib.genAttrs (builtins.filter (key: whole ? ${key}) pathKeys) (key: place whole.${key});
    in
    set
    // {
      state = place set.state;
      target = builtins.mapAttrs (_: targetOf) set.target;
    };

  # The file stands in the Nix store, where nothing can be relative to it.
  assertionsFor =
    option: complete:
    [
      {
        assertion = complete.target != { };
        message = "${option}.settings.target has no table: falloutd needs a kernel to look after.";
      }
    ]
    ++ lib.concatLists (
      lib.mapAttrsToList (
        name: target:
        map (key: {
          assertion = builtins.match "[/<].*" target.${key} != null;
          message = "${option}.settings.target.${name}.${key} is `${target.${key}}': write the whole path, from / or ~/.";
        }) (builtins.filter (key: target ? ${key}) pathKeys)
      ) complete.target
    );

  # The folders that falloutd and Nix write in: of the flakes, the wishes and the managed patches.
  foldersOf =
    complete:
    lib.unique (
      lib.concatMap (
        target:
        lib.optional (target ? flake) target.flake
        ++ map dirOf (
          lib.optional (target ? patches) target.patches ++ lib.optional (target ? managed) target.managed
        )
      ) (builtins.attrValues complete.target)
    );

  # falloutd.toml, which falloutd itself has accepted.
  file =
    package: complete:
    let
      given = format.generate "falloutd.toml" complete;
    in
    if pkgs.stdenv.buildPlatform.canExecute pkgs.stdenv.hostPlatform then
      pkgs.runCommand "falloutd.toml" { inherit given; } ''
        HOME=$TMPDIR ${lib.getExe package} --config "$given" watch --check
        cp "$given" "$out"
      ''
    else
      given;
}
