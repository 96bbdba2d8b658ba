# stdenv.mkDerivation, with the machine's own tools instead of a closure of built ones.
{ lib, system, tools }:
let
  mkDerivation =
    argument:
    let
      attributesOf = if lib.isFunction argument then argument else (_: argument);
      attributes = attributesOf final;
      name = attributes.name or "${attributes.pname}-${attributes.version}";
      changed =
        change: final:
        let
          old = attributesOf final;
          patch =
            if !lib.isFunction change then
              change
            else if lib.isFunction (change final) then
              change final old
            else
              change old;
        in
        old // patch;
      built = derivation (
        builtins.removeAttrs attributes [
          "passthru"
          "meta"
        ]
        // {
          inherit name system;
          builder = tools.bash;
          args = [
            "-e"
            ./builder.sh
          ];
          setup = ./setup.sh;
          PATH = tools.path;
        }
      );
      final =
        built
        // attributes.passthru or { }
        // {
          inherit name;
          overrideAttrs = change: mkDerivation (changed change);
        };
    in
    final;
in
{
  inherit mkDerivation;
  hostPlatform = {
    inherit system;
    isLinux = true;
    isx86_64 = system == "x86_64-linux";
    isAarch64 = system == "aarch64-linux";
    linuxArch = if system == "aarch64-linux" then "arm64" else "x86_64";
  };
}
