# nixosSystem: modules with imports, functions and conditions, for the few options a kernel needs.
{ lib }:
{
  system ? "x86_64-linux",
  modules,
  specialArgs ? { },
  ...
}:
let
  inherit (lib) merge;

  pkgs = import ../pkgs.nix {
    inherit lib system;
    standIn = config.standIn;
  };

  arguments = {
    inherit
      config
      lib
      pkgs
      options
      ;
    modulesPath = ./.;
  }
  // specialArgs;

  # Where the values of a list come from.
  option = path: {
    value = listOf path;
    definitionsWithLocations = map (definition: {
      file = if definition.file == null then "<unknown-file>" else definition.file;
      inherit (definition) value;
    }) (found path);
  };
  options.boot = {
    kernelModules = option [ "boot" "kernelModules" ];
    initrd.availableKernelModules = option [ "boot" "initrd" "availableKernelModules" ];
    initrd.kernelModules = option [ "boot" "initrd" "kernelModules" ];
  };

  # A module as { file; config; }, after those it imports.
  load =
    module:
    let
      file = if builtins.isPath module || builtins.isString module then toString module else null;
      opened = if file == null then module else import module;
      set = if lib.isFunction opened then opened arguments else opened;
      config' =
        if set ? config || set ? options then
          set.config or { }
        else
          builtins.removeAttrs set [
            "imports"
            "_file"
            "key"
            "disabledModules"
          ];
    in
    builtins.concatMap load (set.imports or [ ])
    ++ [
      {
        file = set._file or file;
        value = config';
      }
    ];

  loaded = builtins.concatMap load ([ ./modules/system/boot/kernel.nix ] ++ modules);

  # The definitions of the option at `path`, with the conditions and priorities that stand around it.
  definitionsAt =
    path: definitions:
    if path == [ ] then
      definitions
    else
      let
        name = builtins.head path;
        inside =
          definition:
          map (set: definition // { value = set.${name}; }) (
            builtins.filter (set: set ? ${name}) (merge.pushDown definition.value)
          );
      in
      definitionsAt (builtins.tail path) (builtins.concatMap inside definitions);

  found = path: merge.effective (definitionsAt path loaded);
  name = builtins.concatStringsSep ".";

  listOf =
    path:
    builtins.concatMap (definition: definition.value) (
      merge.checkType (name path) "list" builtins.isList (found path)
    );
  unique =
    path: default:
    let
      definitions = found path;
    in
    if definitions == [ ] then
      default
    else if builtins.length definitions == 1 then
      (builtins.head definitions).value
    else
      merge.mergeEqual (name path) definitions;
  attrsAt =
    path:
    builtins.foldl' (set: definition: lib.recursiveUpdate set definition.value) { } (found path);

  # boot.kernelPatches stand behind those the kernel package brings.
  withPatches =
    packages:
    pkgs.linuxPackagesFor (
      packages.kernel.override (old: {
        kernelPatches = (old.kernelPatches or [ ]) ++ config.boot.kernelPatches;
      })
    );

  config = {
    standIn = attrsAt [ "standIn" ];
    networking.hostName = unique [ "networking" "hostName" ] "nixos";
    lib = attrsAt [ "lib" ];
    fileSystems = attrsAt [ "fileSystems" ];
    swapDevices = listOf [ "swapDevices" ];
    boot = {
      kernelModules = listOf [ "boot" "kernelModules" ];
      extraModulePackages = listOf [ "boot" "extraModulePackages" ];
      supportedFilesystems = attrsAt [ "boot" "supportedFilesystems" ];
      initrd = {
        availableKernelModules = listOf [ "boot" "initrd" "availableKernelModules" ];
        kernelModules = listOf [ "boot" "initrd" "kernelModules" ];
        includeDefaultModules = unique [ "boot" "initrd" "includeDefaultModules" ] true;
        allowMissingModules = unique [ "boot" "initrd" "allowMissingModules" ] false;
        luks.devices = attrsAt [ "boot" "initrd" "luks" "devices" ];
        luks.cryptoModules = listOf [ "boot" "initrd" "luks" "cryptoModules" ];
      };
      kernelPatches = listOf [ "boot" "kernelPatches" ];
      kernelPackages = withPatches (unique [ "boot" "kernelPackages" ] pkgs.linuxPackages);
    };
    system.requiredKernelConfig = listOf [ "system" "requiredKernelConfig" ];
    system.build.kernel = config.boot.kernelPackages.kernel;
    system.stateVersion = unique [ "system" "stateVersion" ] lib.version;
  };
in
{
  inherit config pkgs options;
}
