let
  inherit (builtins)
    attrNames
    attrValues
    filter
    foldl'
    getAttr
    hasAttr
    head
    isAttrs
    listToAttrs
    map
    removeAttrs
    tail
    ;
in
rec {
  inherit (builtins)
    attrNames
    attrValues
    catAttrs
    getAttr
    hasAttr
    intersectAttrs
    listToAttrs
    mapAttrs
    removeAttrs
    unsafeGetAttrPos
    zipAttrsWith
    ;

  nameValuePair = name: value: { inherit name value; };
  mapAttrs' = f: set: listToAttrs (map (name: f name set.${name}) (attrNames set));
  mapAttrsToList = f: set: map (name: f name set.${name}) (attrNames set);
  attrsToList = mapAttrsToList nameValuePair;
  genAttrs = names: f: listToAttrs (map (name: nameValuePair name (f name)) names);
  genAttrs' = names: f: listToAttrs (map f names);
  filterAttrs = keep: set: removeAttrs set (filter (name: !keep name set.${name}) (attrNames set));
  concatMapAttrs = f: set: mergeAttrsList (attrValues (builtins.mapAttrs f set));
  foldlAttrs = f: start: set: foldl' (acc: name: f acc name set.${name}) start (attrNames set);
  mergeAttrsList = foldl' (a: b: a // b) { };
  mergeAttrs = a: b: a // b;
  getAttrs = names: set: genAttrs names (name: set.${name});
  optionalAttrs = condition: set: if condition then set else { };
  setAttrByPath =
    path: value: if path == [ ] then value else { ${head path} = setAttrByPath (tail path) value; };
  attrByPath =
    path: default: set:
    if path == [ ] then
      set
    else if isAttrs set && hasAttr (head path) set then
      attrByPath (tail path) default (getAttr (head path) set)
    else
      default;
  hasAttrByPath = path: set: attrByPath path null set != null;
  recursiveUpdate =
    left: right:
    left
    // builtins.mapAttrs (
      name: value:
      if isAttrs value && isAttrs (left.${name} or null) then
        recursiveUpdate left.${name} value
      else
        value
    ) right;
  zipAttrs = builtins.zipAttrsWith (_: values: values);
  isDerivation = value: value.type or null == "derivation";
}
