# A kernel package as nixpkgs' generic.nix gives it: the kernel, with its config as a derivation of its own.
{
  lib,
  stdenv,
}:
let
  makeKernel =
    {
      version,
      src,
      # "small" (the tree beside this file) or "linux" (a real kernel source).
      flavour,
      commonStructuredConfig,
      defconfig ? "defconfig",
      extraConfig ? "",
      extraMakeFlags ? [ ],
      enableCommonConfig ? true,
      structuredExtraConfig ? { },
      kernelPatches ? [ ],
      ignoreConfigErrors ? false,
      autoModules ? true,
      preferBuiltin ? true,
      kernelArch ? stdenv.hostPlatform.linuxArch,
      # Which name of a patch's settings this nixpkgs reads: new | old | both | throws.
      attributeMode ? "both",
      # How generate-config.pl behaves: all | first-error | clamping | strict-choice.
      script ? "all",
      # PERL_HASH_SEED of the script, which settles the order of its hashes; null: at random.
      hashSeed ? null,
      # A 6.12 source whose conf does not walk all expressions after each answer: five times as fast.
      quickKconfig ? false,
      # The small tree's conf: a path of one built from a kernel source; null: that of kconfig-frontends.
      conf ? null,
      features ? { },
      ...
    }@arguments:
    let
      settingsOf = import ./patch-settings.nix { inherit lib attributeMode; };
      moduleStructuredConfig = import ./settings.nix { inherit lib; } (
        lib.optional enableCommonConfig {
          file = "pkgs/os-specific/linux/kernel/common-config.nix";
          settings = commonStructuredConfig;
        }
        ++ [
          {
            file = "structuredExtraConfig";
            settings = structuredExtraConfig;
          }
        ]
        ++ map (patch: {
          file = null;
          settings = settingsOf patch;
        }) kernelPatches
      );
      patches = lib.filter (file: file != null) (map (patch: patch.patch or null) kernelPatches);
      common = {
        inherit
          version
          src
          flavour
          patches
          kernelArch
          ;
        makeFlags = extraMakeFlags;
        kernelRules = ./rules.sh;
      };

      configfile = stdenv.mkDerivation (
        common
        // {
          pname = "linux-config";
          inherit
            autoModules
            preferBuiltin
            ignoreConfigErrors
            script
            quickKconfig
            ;
          kernelBaseConfig = defconfig;
          generateConfig = ./generate-config.pl;
          kernelConfig = lib.concatStringsSep "\n" (
            [ (moduleStructuredConfig.intermediateNixConfig + extraConfig) ]
            ++ map (patch: patch.extraConfig or "") kernelPatches
          );
          passAsFile = [ "kernelConfig" ];
          unpackPhase = "source $kernelRules; unpackForConfig";
          postPatch = "markQuestions";
          buildPhase = "buildConfig";
          installPhase = "mv $buildRoot/.config $out";
          passthru = {
            inherit moduleStructuredConfig;
            structuredConfig = moduleStructuredConfig.settings;
          };
        }
        // lib.optionalAttrs (conf != null) { inherit conf; }
        // lib.optionalAttrs (hashSeed != null) { PERL_HASH_SEED = toString hashSeed; }
      );

      kernel = stdenv.mkDerivation (
        common
        // {
          pname = "linux";
          configfile = configfile;
          unpackPhase = "source $kernelRules; unpackForKernel";
          buildPhase = "buildKernel";
          installPhase = "installKernel";
          passthru = {
            inherit
              configfile
              kernelPatches
              commonStructuredConfig
              structuredExtraConfig
              extraConfig
              features
              ;
            # A stub, as in nixpkgs: never the configuration that was built.
            config = {
              CONFIG_MODULES = "y";
              CONFIG_FW_LOADER = "y";
              CONFIG_RUST = "n";
            };
            override =
              change: makeKernel (arguments // (if lib.isFunction change then change arguments else change));
          };
        }
      );
    in
    kernel;
in
makeKernel
