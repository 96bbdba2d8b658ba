# stdenv.mkDerivation, with the machine's own tools instead of a closure of built ones.
{
  lib,
  system,
  tools,
  # The machine that the kernel is for, and who compiles for it: gcc | llvm.
  host ? system,
  compiler ? "gcc",
}@arguments:
let
  platforms = import ./platforms.nix;

  # Kernels call the machine's compiler by its name; this is for whoever asks which one it is.
  cc =
    let
      isClang = compiler == "llvm";
      targetPrefix = if host == system then "" else platforms.${host}.targetPrefix;
    in
    mkDerivation {
      name = "${targetPrefix}cc-wrapper";
      inherit targetPrefix;
      compilerName = if isClang then "clang" else "${targetPrefix}gcc";
      shell = tools.bash;
      wrapper = ./cc-wrapper.sh;
      unpackPhase = ":";
      installPhase = "source $wrapper; makeWrapper";
      passthru = {
        inherit isClang targetPrefix;
        isGNU = !isClang;
        bintools.isLLVM = isClang;
      };
    };

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
  inherit mkDerivation cc;
  hostPlatform = {
    system = host;
    isLinux = true;
    isx86_64 = host == "x86_64-linux";
    isAarch64 = host == "aarch64-linux";
    inherit (platforms.${host}) linuxArch linux-kernel;
  };
  # The same for another machine or with another compiler; in nixpkgs these are sets of packages of their own.
  with' = changes: import ./. (arguments // changes);
}
