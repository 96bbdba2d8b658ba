# The part of nixpkgs' lib that kernel configurations use.
let
  priorities = import ./priorities.nix;
  attrsets = import ./attrsets.nix;
  lists = import ./lists.nix;
  strings = import ./strings.nix;
  kernel = import ./kernel.nix { inherit (priorities) mkIf; inherit (strings) versionAtLeast versionOlder; };
  merge = import ./merge.nix { inherit priorities lists attrsets; };
  trivial = {
    id = x: x;
    const = x: _: x;
    flip = f: a: b: f b a;
    pipe = builtins.foldl' (x: f: f x);
    warn = message: builtins.trace "warning: ${message}";
    warnIf = condition: message: if condition then trivial.warn message else (x: x);
    importJSON = path: builtins.fromJSON (builtins.readFile path);
    boolToString = b: if b then "true" else "false";
    isFunction = f: builtins.isFunction f || (f ? __functor);
  };
in
trivial
// priorities
// attrsets
// lists
// strings
// {
  inherit
    kernel
    merge
    priorities
    attrsets
    lists
    strings
    trivial
    ;
  modules = priorities;
  version = "26.05";
  inherit (builtins)
    seq
    deepSeq
    isAttrs
    isBool
    isInt
    isList
    isString
    functionArgs
    readFile
    pathExists
    trace
    add
    sub
    lessThan
    fromJSON
    toJSON
    ;
}
