{
  lib,
  system,
  standIn ? { },
}:
let
  options = {
    tree = {
      kind = "small";
      path = ./tree;
      version = "6.12.0";
    };
    tools = {
      bash = "/bin/bash";
      path = "/usr/local/bin:/usr/bin:/bin";
    };
    kernel = { };
  }
  // standIn;

  stdenv = import ./stdenv {
    inherit lib system;
    inherit (options) tools;
  };

  clangStdenv = stdenv.with' { compiler = "llvm"; };

  linux = import ./kernel { inherit lib stdenv; } (
    {
      inherit (options.tree) version;
      src = options.tree.path;
      flavour = options.tree.kind;
      # A kernel brings patches of its own, in front of the user's.
      kernelPatches = [
        {
          name = "bridge-stp-helper";
          patch = ./kernel/patches/bridge-stp-helper.patch;
        }
      ];
    }
    // options.kernel
  );

  linuxPackagesFor = kernel: {
    inherit kernel;
    extend = change: linuxPackagesFor ((change null { inherit kernel; }).kernel or kernel);
  };

  pkgs = {
    inherit
      lib
      stdenv
      clangStdenv
      system
      linux
      linuxPackagesFor
      ;
    linux_latest = linux;
    linuxPackages = linuxPackagesFor linux;
    linuxPackages_latest = linuxPackagesFor linux;
    linux_6_12 = linux;
    linuxPackages_6_12 = linuxPackagesFor linux;
    writeText = builtins.toFile;
    emptyFile = builtins.toFile "empty-file" "";
  };
in
pkgs
