# How several definitions of one option become a value, as in nixpkgs' module system: conditions are
# discharged, of the override priorities the smallest number wins, what remains has to agree.
# A definition is { file; value; }, `file` being null where nobody named one.
{
  priorities,
  lists,
  attrsets,
}:
let
  inherit (builtins)
    concatMap
    filter
    foldl'
    isAttrs
    isBool
    map
    mapAttrs
    ;

  typeOf = value: if isAttrs value then value._type or null else null;
  with' = definition: value: definition // { inherit value; };

  fileOf = definition: if definition.file == null then "<unknown-file>" else definition.file;

  show =
    value:
    if builtins.isString value then
      ''"${builtins.replaceStrings [ "\\" "\"" "\n" ] [ "\\\\" "\\\"" "\\n" ] value}"''
    else if isBool value then
      (if value then "true" else "false")
    else if value == null then
      "null"
    else if builtins.isInt value || builtins.isFloat value then
      toString value
    else if builtins.isFunction value then
      "<function>"
    else if builtins.isList value then
      "[ ${builtins.concatStringsSep " " (map show value)} ]"
    else if isAttrs value then
      "{\n${
        builtins.concatStringsSep "" (attrsets.mapAttrsToList (n: v: "    ${n} = ${show v};\n") value)
      }  }"
    else
      toString value;

  showDefinitions = lists.foldl' (
    text: definition: "${text}\n- In `${fileOf definition}': ${show definition.value}"
  ) "";
in
rec {
  inherit showDefinitions;

  # Conditions and merges resolved; an override stays around its value.
  discharge =
    definition:
    let
      inherit (definition) value;
      type = typeOf value;
    in
    if type == "merge" then
      concatMap (content: discharge (with' definition content)) value.contents
    else if type == "if" then
      if isBool value.condition then
        (if value.condition then discharge (with' definition value.content) else [ ])
      else
        throw "‘mkIf’ called with a non-Boolean condition"
    else
      [ definition ];

  # The definitions of the smallest override number, without it.
  filterOverrides =
    definitions:
    let
      priorityOf =
        definition:
        if typeOf definition.value == "override" then
          definition.value.priority
        else
          priorities.defaultOverridePriority;
      smallest = foldl' (
        least: definition: if priorityOf definition < least then priorityOf definition else least
      ) 9999 definitions;
      strip =
        definition:
        if typeOf definition.value == "override" then
          with' definition definition.value.content
        else
          definition;
    in
    map strip (filter (definition: priorityOf definition == smallest) definitions);

  # In the order of mkBefore and mkAfter, otherwise as given.
  sortByOrder =
    definitions:
    let
      orderOf =
        definition:
        if typeOf definition.value == "order" then
          definition.value.priority
        else
          priorities.defaultOrderPriority;
      strip =
        definition:
        if typeOf definition.value == "order" then
          with' definition definition.value.content
        else
          definition;
    in
    map strip (builtins.sort (a: b: orderOf a < orderOf b) definitions);

  # What stands around an attribute set, put around each of its attributes.
  pushDown =
    value:
    let
      type = typeOf value;
      around = wrap: map (mapAttrs (_: wrap)) (pushDown value.content);
    in
    if type == "merge" then
      concatMap pushDown value.contents
    else if type == "if" then
      around (priorities.mkIf value.condition)
    else if type == "override" then
      around (priorities.mkOverride value.priority)
    else
      [ value ];

  effective = definitions: sortByOrder (filterOverrides (concatMap discharge definitions));

  conflict =
    option: definitions:
    throw "The option `${option}' has conflicting definition values:${showDefinitions definitions}\nUse `lib.mkForce value` or `lib.mkDefault value` to change the priority on any of these definitions.";

  mergeEqual =
    option: definitions:
    (foldl' (
      first: definition:
      if definition.value == first.value then
        first
      else
        conflict option [
          first
          definition
        ]
    ) (builtins.head definitions) (builtins.tail definitions)).value;

  checkType =
    option: description: check: definitions:
    let
      wrong = filter (definition: !check definition.value) definitions;
    in
    if wrong == [ ] then
      definitions
    else
      throw "A definition for option `${option}' is not of type `${description}'. Definition values:${showDefinitions wrong}";

  # An attribute set of options of one type: `mergeItem option definitions` per name, lazily, so that
  # one that conflicts spoils no other. A name whose every definition is conditional and off is gone.
  mergeAttrsOf =
    option: mergeItem: definitions:
    let
      checked = checkType option "attribute set of (submodule)" isAttrs (effective definitions);
      perName = builtins.zipAttrsWith (_: found: found) (
        map (definition: mapAttrs (_: with' definition) definition.value) checked
      );
      items = mapAttrs (_: effective) perName;
    in
    mapAttrs (name: found: mergeItem "${option}.${name}" found) (
      attrsets.filterAttrs (_: found: found != [ ]) items
    );
}
