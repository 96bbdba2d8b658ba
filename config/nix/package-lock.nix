# package-lock.json names no addresses, so that any registry will do. `importNpmLock` needs them: those of npm's own registry.
{ lib, packageLock }:
let
  # node_modules/a/node_modules/@scope/name → @scope/name
  nameAt = path: lib.last (lib.splitString "node_modules/" path);
  address = name: version: "https://registry.npmjs.org/${name}/-/${baseNameOf name}-${version}.tgz";
in
packageLock
// {
  packages = builtins.mapAttrs (
    path: package:
    if path == "" || package ? resolved then
      package
    else
      package // { resolved = address (package.name or (nameAt path)) package.version; }
  ) packageLock.packages;
}
