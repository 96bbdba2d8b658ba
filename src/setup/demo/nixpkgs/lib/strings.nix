let
  inherit (builtins)
    compareVersions
    concatStringsSep
    genList
    map
    match
    replaceStrings
    stringLength
    substring
    ;
in
rec {
  inherit (builtins)
    concatStringsSep
    replaceStrings
    stringLength
    substring
    toString
    ;

  concatStrings = concatStringsSep "";
  concatMapStrings = f: list: concatStrings (map f list);
  concatMapStringsSep =
    separator: f: list:
    concatStringsSep separator (map f list);
  concatLines = concatMapStrings (line: line + "\n");
  optionalString = condition: text: if condition then text else "";
  stringToCharacters = text: genList (i: substring i 1 text) (stringLength text);
  splitString = separator: text: builtins.filter builtins.isString (builtins.split (escapeRegex separator) text);
  escapeRegex = replaceStrings (stringToCharacters "\\[{()^$?*+|.") (
    map (c: "\\" + c) (stringToCharacters "\\[{()^$?*+|.")
  );
  hasPrefix = prefix: text: substring 0 (stringLength prefix) text == prefix;
  hasSuffix =
    suffix: text:
    let
      rest = stringLength text - stringLength suffix;
    in
    rest >= 0 && substring rest (stringLength suffix) text == suffix;
  hasInfix = infix: text: match ".*${escapeRegex infix}.*" text != null;
  removePrefix =
    prefix: text:
    if hasPrefix prefix text then
      substring (stringLength prefix) (stringLength text) text
    else
      text;
  removeSuffix =
    suffix: text:
    if hasSuffix suffix text then
      substring 0 (stringLength text - stringLength suffix) text
    else
      text;
  toUpper = replaceStrings (stringToCharacters "abcdefghijklmnopqrstuvwxyz") (
    stringToCharacters "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
  );
  toLower = replaceStrings (stringToCharacters "ABCDEFGHIJKLMNOPQRSTUVWXYZ") (
    stringToCharacters "abcdefghijklmnopqrstuvwxyz"
  );
  versionOlder = a: b: compareVersions b a == 1;
  versionAtLeast = a: b: !versionOlder a b;
  versions = {
    major = version: builtins.elemAt (builtins.splitVersion version) 0;
    minor = version: builtins.elemAt (builtins.splitVersion version) 1;
    majorMinor = version: "${versions.major version}.${versions.minor version}";
  };
}
