# The options below `boot` that the examples set.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  option = type: default: mkOption { inherit type default; };
  strings = option (types.listOf types.str) [ ];
in
{
  options.boot = {
    kernelPatches = option (types.listOf (types.attrsOf types.raw)) [ ];
    kernelPackages = mkOption {
      type = types.raw;
      default = pkgs.linuxPackages;
      # The patches follow those that the kernel brings, and all packages are built for that kernel.
      apply =
        packages:
        packages.extend (
          _: old: {
            kernel = old.kernel.override (arguments: {
              kernelPatches = (arguments.kernelPatches or [ ]) ++ config.boot.kernelPatches;
            });
          }
        );
    };
    kernelModules = strings;
    kernelParams = strings;
    blacklistedKernelModules = strings;
    extraModulePackages = option (types.listOf types.package) [ ];
    initrd = {
      systemd.enable = option types.bool false;
      includeDefaultModules = option types.bool true;
      availableKernelModules = strings;
      kernelModules = strings;
      compressor = option types.str "zstd";
      compressorArgs = strings;
    };
    loader = {
      systemd-boot.enable = option types.bool false;
      systemd-boot.configurationLimit = option (types.nullOr types.int) null;
      efi.canTouchEfiVariables = option types.bool false;
    };
  };

  config.system.build = {
    inherit (config.boot.kernelPackages) kernel;
  };
}
