# The packages. A function of nixpkgs takes here the arguments that falloutd gives it, and no other.
{ lib, system }:
let
  kernels = import ./base/pkgs.nix { inherit lib system; };
  platform = {
    inherit system;
    isLinux = true;
    canExecute = other: other.system == system;
  };

  build =
    name: environment: script:
    derivation (
      {
        inherit name system;
        builder = "/bin/sh";
        args = [
          "-euc"
          script
        ];
        PATH = "/usr/local/bin:/usr/bin:/bin";
      }
      // environment
    );
  tool = name: build name { } "mkdir -p $out/bin" // { meta.mainProgram = name; };

  # Without the network, a lock file is good if each package has an address and a hash.
  addressesIn =
    packageLock:
    builtins.mapAttrs (
      path: package:
      if builtins.match "https://[^ ]+\\.tgz" (package.resolved or "") == null then
        throw "importNpmLock: ${path} has no address"
      else if !(package ? integrity) then
        throw "importNpmLock: ${path} has no hash"
      else
        package.resolved
    ) (removeAttrs packageLock.packages [ "" ]);

  # JSON's strings, numbers and lists are TOML's; tables stand inline.
  toToml =
    value:
    if builtins.isAttrs value then
      "{ ${
        builtins.concatStringsSep ", " (lib.mapAttrsToList (name: each: "${builtins.toJSON name} = ${toToml each}") value)
      } }"
    else if builtins.isList value then
      "[${builtins.concatStringsSep ", " (map toToml value)}]"
    else
      builtins.toJSON value;

  pkgs = kernels // rec {
    inherit lib;
    stdenv = kernels.stdenv // {
      cc = tool "gcc";
      hostPlatform = kernels.stdenv.hostPlatform // platform;
      buildPlatform = platform;
    };

    inherit
      (import ./kernel.nix {
        inherit lib build stdenv;
        kernel = kernels.linux;
      })
      linux
      linuxPackagesFor
      ;
    linux_6_12 = linux;
    linuxPackages = linuxPackagesFor linux;

    # A compiler takes the tools that link for it.
    overrideCC = stdenv: cc: stdenv // { inherit cc; };
    llvmPackages = {
      stdenv = stdenv // {
        cc = tool "clang-with-gnu-binutils";
      };
      bintools = tool "llvm-binutils";
      clang.override = { bintools }: build "clang" { inherit bintools; } "exit 1";
    };

    callPackage =
      file: arguments:
      let
        function = import file;
      in
      function (builtins.intersectAttrs (builtins.functionArgs function) pkgs // arguments);

    nodejs = tool "node" // {
      version = "22.14.0";
      dev = tool "node-headers";
    };
    bash = tool "bash";
    bison = tool "bison";
    flex = tool "flex";
    git = tool "git";
    gnumake = tool "make";
    gnutar = tool "tar";
    gzip = tool "gzip";
    kconfig-frontends = tool "kconfig-conf";
    nix = tool "nix";
    nixfmt-tree = tool "treefmt";
    perl = tool "perl";
    python3 = tool "python3";
    systemd = tool "systemd";
    xz = tool "xz";
    installShellFiles = tool "install-shell-files";
    makeWrapper = tool "make-wrapper";

    importNpmLock = {
      npmConfigHook = tool "npm-config-hook";
      __functor =
        _:
        { package, packageLock }:
        let
          addresses = addressesIn packageLock;
          wanted = builtins.attrNames (package.dependencies or { } // package.devDependencies or { });
        in
        build "npm-deps" {
          all = builtins.attrValues addresses;
          wanted = map (name: addresses."node_modules/${name}") wanted;
        } "exit 1"
        // {
          inherit addresses;
        };
    };

    buildNpmPackage =
      {
        pname,
        version,
        src,
        nodejs,
        npmDeps,
        npmConfigHook,
        env,
        npmPackFlags,
        nativeBuildInputs,
        postInstall,
        doInstallCheck,
        installCheckPhase,
        meta,
      }@arguments:
      build "${pname}-${version}" (removeAttrs arguments [ "env" "meta" ] // env) "exit 1"
      // {
        inherit meta npmDeps;
      };

    mkShell = { packages, npm_config_nodedir }@arguments: build "shell" arguments "exit 1";

    runCommand = build;

    # A test in virtual machines is only evaluated here.
    testers.runNixOSTest =
      file:
      let
        run =
          {
            name,
            nodes,
            testScript,
          }:
          let
            machine = import ./nixos.nix { inherit lib; } {
              inherit system;
              modules = [ nodes.machine ];
            };
            isSound = machine.config.system.build.toplevel;
          in
          build name {
            inherit testScript;
            inherit (machine.config.systemd.units."falloutd.service") unit;
          } (if isSound then "exit 1" else "");
      in
      run (import file { inherit pkgs; });

    formats.toml =
      { }:
      {
        type =
          let
            value =
              lib.types.oneOf (
                with lib.types;
                [
                  bool
                  int
                  float
                  str
                  path
                  (attrsOf value)
                  (listOf value)
                ]
              )
              // {
                description = "TOML value";
              };
          in
          value;
        generate =
          name: value:
          build name {
            passAsFile = [ "text" ];
            text = lib.concatLines (lib.mapAttrsToList (key: each: "${builtins.toJSON key} = ${toToml each}") value);
          } "cp $textPath $out";
      };
  };
in
pkgs
