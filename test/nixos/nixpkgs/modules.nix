# The module system: types that are checked, and options that have to exist. Its errors begin with nixpkgs' words.
{ lib }:
let
  inherit (builtins)
    all
    attrNames
    concatMap
    elem
    filter
    foldl'
    head
    intersectAttrs
    isAttrs
    isFunction
    isList
    isString
    listToAttrs
    map
    mapAttrs
    tail
    throw
    zipAttrsWith
    ;
  inherit (lib.merge) checkType effective mergeEqual pushDown;

  dotted = builtins.concatStringsSep ".";
  isOption = value: value._type or null == "option";

  # A module and those that it imports, as { file; options; config; freeformType; }.
  load =
    arguments: module:
    let
      isFile = builtins.isPath module || isString module;
      opened = if isFile then import module else module;
      set = if isFunction opened then opened (intersectAttrs (builtins.functionArgs opened) arguments) else opened;
      isLong = set ? config || set ? options;
      inShort = [
        "_file"
        "freeformType"
        "imports"
      ];
      config = if isLong then set.config or { } else removeAttrs set inShort;
      unknown = attrNames (removeAttrs set (inShort ++ [ "config" "options" ]));
    in
    if isLong && unknown != [ ] then
      throw "Module has an unsupported attribute `${head unknown}'"
    else
      concatMap (load arguments) (set.imports or [ ])
      ++ [
        {
          file = set._file or (if isFile then toString module else null);
          options = set.options or { };
          freeformType = set.freeformType or null;
          inherit config;
        }
      ];

  evalModules =
    {
      modules,
      specialArgs ? { },
      prefix ? [ ],
    }:
    let
      loaded = concatMap (load (specialArgs // { inherit config lib options; })) modules;
      options = foldl' (found: module: lib.recursiveUpdate found module.options) { } loaded;
      freeform = lib.findFirst (type: type != null) null (map (module: module.freeformType) loaded);
      config = valuesAt prefix options freeform (
        map (module: {
          inherit (module) file;
          value = module.config;
        }) loaded
      );
    in
    {
      inherit config options;
    };

  # No condition is looked at for the names.
  setsOf = concatMap (
    definition: map (value: definition // { inherit value; }) (pushDown definition.value)
  );

  # The values of a tree of options, from definitions of the whole tree.
  valuesAt =
    path: options: freeform: definitions:
    let
      sets = setsOf definitions;
      at = name: map (set: set // { value = set.value.${name}; }) (filter (set: set.value ? ${name}) sets);
      others = filter (name: !(options ? ${name})) (concatMap (set: attrNames set.value) sets);
      declared = mapAttrs (
        name: option:
        if isOption option then
          valueOf (path ++ [ name ]) option (at name)
        else
          valuesAt (path ++ [ name ]) option null (at name)
      ) options;
      free = listToAttrs (
        map (name: {
          inherit name;
          value = mergeAs (path ++ [ name ]) freeform (effective (at name));
        }) others
      );
    in
    if others == [ ] then
      declared
    else if freeform == null then
      throw "The option `${dotted (path ++ [ (head others) ])}' does not exist."
    else
      free // declared;

  valueOf =
    path: option: definitions:
    let
      default = lib.optional (option ? default) {
        file = null;
        value = lib.mkOptionDefault option.default;
      };
      given = effective (default ++ definitions);
    in
    (option.apply or (value: value)) (
      if given == [ ] then
        throw "The option `${dotted path}' was accessed but has no value defined."
      else
        mergeAs path option.type given
    );

  mergeAs =
    path: type: definitions:
    type.merge path (checkType (dotted path) type.description type.check definitions);

  scalar = description: check: {
    inherit description check;
    merge = path: mergeEqual (dotted path);
  };
  isNumber = value: builtins.isInt value || builtins.isFloat value;

  types = rec {
    bool = scalar "boolean" builtins.isBool;
    int = scalar "signed integer" builtins.isInt;
    float = scalar "floating point number" builtins.isFloat;
    str = scalar "string" isString;
    path = scalar "absolute path" (value: lib.hasPrefix "/" (toString value));
    package = scalar "package" lib.isDerivation;
    raw = scalar "raw value" (_: true);
    strMatching =
      pattern: scalar "string matching the pattern ${pattern}" (value: isString value && builtins.match pattern value != null);
    enum = values: scalar "one of ${builtins.toJSON values}" (value: elem value values);
    ints.positive = scalar "positive integer" (value: builtins.isInt value && value > 0);
    ints.unsigned = scalar "unsigned integer" (value: builtins.isInt value && value >= 0);
    numbers.positive = scalar "positive number" (value: isNumber value && value > 0);
    numbers.between =
      low: high:
      scalar "number between ${toString low} and ${toString high}" (value: isNumber value && value >= low && value <= high);

    nullOr = type: {
      description = "null or ${type.description}";
      check = value: value == null || type.check value;
      merge =
        path: definitions:
        if all (definition: definition.value == null) definitions then null else type.merge path definitions;
    };
    either = a: b: {
      description = "${a.description} or ${b.description}";
      check = value: a.check value || b.check value;
      merge = path: definitions: (if all (each: a.check each.value) definitions then a else b).merge path definitions;
    };
    oneOf = choices: foldl' either (head choices) (tail choices);

    listOf = type: {
      description = "list of ${type.description}";
      check = isList;
      merge = path: concatMap (list: map (value: mergeAs path type [ (list // { inherit value; }) ]) list.value);
    };
    attrsOf = type: {
      description = "attribute set of ${type.description}";
      check = isAttrs;
      element = type;
      merge =
        path: definitions:
        let
          named = map (set: mapAttrs (_: value: set // { inherit value; }) set.value) (setsOf definitions);
          found = zipAttrsWith (_: effective) named;
        in
        mapAttrs (name: mergeAs (path ++ [ name ]) type) (lib.filterAttrs (_: values: values != [ ]) found);
    };
    submodule = module: {
      description = "submodule";
      check = isAttrs;
      inherit module;
      merge =
        path: definitions:
        (evalModules {
          modules = [
            module
          ]
          ++ map (definition: {
            _file = definition.file;
            config = definition.value;
          }) definitions;
          prefix = path;
        }).config;
    };
  };

  mkOption =
    {
      type,
      default ? null,
      defaultText ? null,
      description ? null,
      example ? null,
      apply ? null,
    }@option:
    option // { _type = "option"; };
in
{
  inherit evalModules mkOption types;
  mkEnableOption =
    what:
    mkOption {
      type = types.bool;
      default = false;
      description = "Whether to enable ${what}.";
    };
}
