# The lib of the demo's stand-in, which the tests copy to ./base, and what packages and modules need beside it.
let
  base = import ./base/lib;
  lib = base // rec {
    inherit (import ./modules.nix { inherit lib; })
      evalModules
      mkEnableOption
      mkOption
      types
      ;

    assertMsg = condition: message: if condition then true else builtins.throw message;
    literalExpression = text: {
      _type = "literalExpression";
      inherit text;
    };
    licenses.mit.spdxId = "MIT";

    filterAttrsRecursive =
      keep: set:
      builtins.mapAttrs (_: value: if builtins.isAttrs value then filterAttrsRecursive keep value else value) (
        base.filterAttrs keep set
      );

    getExe = package: "${package}/bin/${package.meta.mainProgram}";
    getDev = package: package.dev or package;
    makeBinPath = base.concatMapStringsSep ":" (package: "${package}/bin");

    # A file set is a list of paths here; each has to exist.
    fileset = {
      unions = map (path: if builtins.pathExists path then path else builtins.throw "${toString path} does not exist");
      toSource =
        { root, fileset }:
        let
          inside = path: builtins.any (file: path == toString file || base.hasPrefix "${toString file}/" path) fileset;
          above = path: builtins.any (file: base.hasPrefix "${path}/" (toString file)) fileset;
        in
        builtins.path {
          name = "source";
          path = root;
          filter = path: _: inside path || above path;
        };
    };
  };
in
lib
