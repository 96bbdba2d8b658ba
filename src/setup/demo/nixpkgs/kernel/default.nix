# A kernel package as nixpkgs' generic.nix gives it: the kernel, with its config as a derivation of its own.
{
  lib,
  stdenv,
}@args:
let
  generateConfig = import ./generate-config.nix;

  makeKernel =
    {
      version,
      src,
      # "small" (the tree beside this file) or "linux" (a real kernel source).
      flavour,
      # The machine the kernel is for and its compiler, as a name each or as the stdenv that nixpkgs has for them.
      system ? args.stdenv.hostPlatform.system,
      compiler ? "gcc",
      stdenv ? args.stdenv.with' {
        host = system;
        inherit compiler;
      },
      # One word or several: `defconfig LLVM=1`.
      defconfig ? null,
      extraConfig ? "",
      extraMakeFlags ? [ ],
      # nixpkgs of 2024 named no tools to make and left them to the kernel's Makefile.
      commonMakeFlags ? true,
      enableCommonConfig ? true,
      structuredExtraConfig ? { },
      kernelPatches ? [ ],
      ignoreConfigErrors ? false,
      autoModules ? stdenv.hostPlatform.linux-kernel.autoModules,
      preferBuiltin ? flavour == "small" || stdenv.hostPlatform.linux-kernel.preferBuiltin or false,
      kernelArch ? stdenv.hostPlatform.linuxArch,
      # Which name of a patch's settings this nixpkgs reads: new | old | both | throws.
      attributeMode ? "both",
      # How generate-config.pl behaves: all | first-error | clamping | strict-choice | emptying.
      script ? "all",
      # Whether the request is a file that buildPhase names, as in nixpkgs since March 2026, or an attribute.
      requestFile ? false,
      # PERL_HASH_SEED of the script, which settles the order of its hashes; null: at random.
      hashSeed ? null,
      # A Linux 6.12 whose conf does not walk all expressions after each answer: five times as fast.
      quickKconfig ? false,
      # The small tree's conf: a path of one built from a kernel source; null: that of kconfig-frontends.
      conf ? null,
      features ? { },
      ...
    }@arguments:
    let
      commonStructuredConfig = import ./common-config.nix {
        inherit
          lib
          flavour
          version
          stdenv
          ;
      };
      settingsOf = import ./patch-settings.nix { inherit lib attributeMode; };
      moduleStructuredConfig = import ./settings.nix {
        inherit lib;
        quotesEmpty = script != "emptying";
      } (
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
      request = lib.concatStringsSep "\n" (
        [ (moduleStructuredConfig.intermediateNixConfig + extraConfig) ]
        ++ map (patch: patch.extraConfig or "") kernelPatches
      );
      writtenRequest = stdenv.mkDerivation {
        name = "kernel-intermediate-config";
        text = request;
        passAsFile = [ "text" ];
        unpackPhase = ":";
        installPhase = ''cp "$textPath" $out'';
      };
      patches = lib.filter (file: file != null) (map (patch: patch.patch or null) kernelPatches);
      withRust = (moduleStructuredConfig.settings.RUST.tristate or null) == "y";
      common = {
        inherit
          version
          src
          flavour
          patches
          kernelArch
          ;
        crossCompile = stdenv.cc.targetPrefix;
        makeFlags =
          if commonMakeFlags then
            import ./common-flags.nix {
              inherit
                lib
                stdenv
                kernelArch
                extraMakeFlags
                ;
            }
          else
            stdenv.hostPlatform.linux-kernel.makeFlags or [ ] ++ extraMakeFlags;
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
            quickKconfig
            ;
          kernelBaseConfig =
            if defconfig != null then defconfig else stdenv.hostPlatform.linux-kernel.baseConfig;
          generateConfig = builtins.toFile "generate-config.pl" generateConfig.${script};
          # What Rust needs is there only where it is asked for.
          RUST_LIB_SRC = lib.optionalString withRust (builtins.toFile "rust-lib-src" "");
          expectedSymbols =
            lib.optional stdenv.cc.isClang "CC_IS_CLANG"
            ++ lib.optional stdenv.cc.bintools.isLLVM "LD_IS_LLD"
            ++ lib.optional withRust "RUST_IS_AVAILABLE";
          unpackPhase = "source $kernelRules; unpackTree";
          postPatch = "markQuestions";
          installPhase = "mv $buildRoot/.config $out";
          passthru = {
            inherit moduleStructuredConfig;
            structuredConfig = moduleStructuredConfig.settings;
          };
        }
        // (
          if requestFile then
            {
              buildPhase = ''
                makeBaseConfig
                ln -s "${writtenRequest}" "$buildRoot/kernel-config"
                answerQuestions
              '';
            }
          else
            {
              kernelConfig = request;
              passAsFile = [ "kernelConfig" ];
              buildPhase = "buildConfig";
            }
        )
        // lib.optionalAttrs (conf != null) { inherit conf; }
        // lib.optionalAttrs (hashSeed != null) { PERL_HASH_SEED = toString hashSeed; }
      );

      kernel = stdenv.mkDerivation (
        common
        // {
          pname = "linux";
          configfile = configfile;
          unpackPhase = "source $kernelRules; unpackTree";
          buildPhase = "buildKernel";
          installPhase = "installKernel";
          passthru = {
            inherit
              stdenv
              configfile
              kernelPatches
              commonStructuredConfig
              structuredExtraConfig
              features
              ;
            # A stub, as in nixpkgs: never the configuration that was built.
            config = {
              CONFIG_MODULES = "y";
              CONFIG_FW_LOADER = "y";
              CONFIG_RUST = if withRust then "y" else "n";
            };
            override =
              change: makeKernel (arguments // (if lib.isFunction change then change arguments else change));
          }
          // lib.optionalAttrs (!requestFile) { inherit extraConfig; };
        }
      );
    in
    kernel;
in
makeKernel
