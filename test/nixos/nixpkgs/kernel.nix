# Kernels as nixpkgs' mainline.nix and generic.nix take arguments, and the packages built for one.
{
  lib,
  build,
  kernel,
  stdenv,
}:
let
  inherit (builtins) attrNames elem filter head;

  known = [
    "argsOverride"
    "defconfig"
    "extraMakeFlags"
    "kernelPatches"
    "stdenv"
    "structuredExtraConfig"
  ];

  makeKernel =
    arguments:
    let
      unknown = filter (name: !(elem name known)) (attrNames arguments);
      made = kernel.override (old: {
        kernelPatches = (old.kernelPatches or [ ]) ++ arguments.kernelPatches or [ ];
        defconfig = arguments.defconfig or "defconfig";
        extraMakeFlags = arguments.extraMakeFlags or [ ];
        structuredExtraConfig = arguments.structuredExtraConfig or { };
      });
    in
    if arguments ? modDirVersion then
      # nixpkgs' own comes later, and wins.
      throw "override { modDirVersion } has no effect: give it in argsOverride"
    else if unknown != [ ] then
      throw "a kernel has no argument `${head unknown}'"
    else
      made
      // {
        stdenv = arguments.stdenv or stdenv;
        modDirVersion = arguments.argsOverride.modDirVersion or "6.12.0";
        makeFlags = arguments.extraMakeFlags or [ ];
        inherit (arguments) defconfig;
        override = change: makeKernel (arguments // (if lib.isFunction change then change arguments else change));
      };

  packagesFor =
    kernel:
    let
      module =
        pname:
        build "${pname}-${kernel.modDirVersion}" {
          inherit pname;
          headers = kernel.configfile;
          compiler = kernel.stdenv.cc;
        } "exit 1";
    in
    {
      inherit kernel;
      nvidiaPackages.production = module "nvidia-x11" // {
        bin = module "nvidia-x11-bin";
        open = module "nvidia-open";
      };
      extend = change: packagesFor (change null (packagesFor kernel)).kernel;
    };
in
{
  linux = makeKernel { defconfig = "defconfig"; };
  linuxPackagesFor = packagesFor;
}
