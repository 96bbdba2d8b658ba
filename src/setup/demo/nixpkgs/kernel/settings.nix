# The structured kernel configuration: symbol -> { tristate; freeform; optional; }, merged from modules.
{
  lib,
  # How an empty text is printed: as two quotes, or, since the middle of 2026, as no value at all.
  quotesEmpty ? true,
}:
let
  inherit (lib) merge;

  fields = {
    tristate = {
      description = ''one of "y", "m", "n", <null>'';
      check =
        value:
        builtins.elem value [
          "y"
          "m"
          "n"
          null
        ];
      merge = merge.mergeEqual;
      default = null;
    };
    freeform = {
      description = "null or string";
      check = value: value == null || builtins.isString value;
      merge = merge.mergeEqual;
      default = null;
    };
    optional = {
      description = "boolean";
      check = builtins.isBool;
      # Mandatory wins over optional.
      merge = _: builtins.all (definition: definition.value);
      default = false;
    };
  };

  mergeField =
    option: field: definitions:
    let
      found = merge.effective definitions;
    in
    if found == [ ] then
      field.default
    else
      builtins.addErrorContext "while evaluating the option `${option}':" (
        field.merge option (merge.checkType option field.description field.check found)
      );

  mergeItem =
    option: definitions:
    let
      modules = builtins.concatMap (
        definition: map (value: definition // { inherit value; }) (merge.pushDown definition.value)
      ) (merge.checkType option "submodule" builtins.isAttrs definitions);
      stray = builtins.filter (definition: definition.unknown != [ ]) (
        map (
          definition:
          definition
          // {
            unknown = builtins.attrNames (builtins.removeAttrs definition.value (builtins.attrNames fields));
          }
        ) modules
      );
      definitionsOf =
        name:
        map (definition: definition // { value = definition.value.${name}; }) (
          builtins.filter (definition: definition.value ? ${name}) modules
        );
      values = builtins.mapAttrs (
        name: field: mergeField "${option}.${name}" field (definitionsOf name)
      ) fields;
    in
    if stray == [ ] then
      values
    else
      let
        first = builtins.head stray;
        name = builtins.head first.unknown;
      in
      throw "The option `${option}.${name}' does not exist. Definition values:${
        merge.showDefinitions [ (first // { value = first.value.${name}; }) ]
      }";

  line =
    symbol: item:
    let
      value = if item.freeform != null then item.freeform else item.tristate;
      shown =
        if value != "" then
          " ${value}"
        else
          lib.optionalString quotesEmpty " \"\"";
    in
    lib.optionalString (value != null) "${symbol}${lib.optionalString item.optional "?"}${shown}\n";
in
# modules: [ { file; settings; } ], later ones after earlier ones as in nixpkgs.
modules:
let
  settings = merge.mergeAttrsOf "settings" mergeItem (
    map (module: {
      inherit (module) file;
      value = module.settings;
    }) modules
  );
in
{
  inherit settings;
  intermediateNixConfig = lib.concatStrings (lib.mapAttrsToList line settings);
}
