# nixosSystem: the options of NixOS that the module, its test and the examples set, with their types.
{ lib }:
{
  system ? "x86_64-linux",
  modules,
}:
let
  inherit (lib) mkOption types;

  option = type: default: mkOption { inherit type default; };
  submodules = options: option (types.attrsOf (types.submodule { inherit options; })) { };
  strings = option (types.listOf types.str) [ ];
  packages = option (types.listOf types.package) [ ];

  # A list stands as repeated lines.
  linesOf =
    set:
    let
      textOf = value: if builtins.isBool value then lib.boolToString value else toString value;
      linesFor = key: value: map (each: "${key}=${textOf each}\n") (lib.toList value);
    in
    lib.concatStrings (lib.concatLists (lib.mapAttrsToList linesFor set));
  unitText =
    service:
    let
      environment = service.environment // {
        PATH = lib.concatMapStringsSep ":" (each: "${each}/bin") service.path;
      };
    in
    "[Unit]\n"
    + linesOf {
      Description = service.description;
      After = toString service.after;
    }
    + "\n[Service]\n"
    + lib.concatStrings (lib.mapAttrsToList (name: value: "Environment=${builtins.toJSON "${name}=${value}"}\n") environment)
    + linesOf service.serviceConfig
    + "\n[Install]\n"
    + linesOf { WantedBy = toString service.wantedBy; };

  options = {
    assertions = option (types.listOf (types.attrsOf types.raw)) [ ];
    nix.nixPath = option (types.listOf types.str) [ "nixpkgs=/nix/var/nix/profiles/per-user/root/channels/nixos" ];
    nixpkgs.config = option (types.attrsOf types.raw) { };
    networking.hostName = option types.str "nixos";
    users.users = submodules {
      home = mkOption { type = types.str; };
      isNormalUser = option types.bool false;
      extraGroups = strings;
    };
    environment = {
      systemPackages = packages;
      etc = submodules {
        source = option (types.nullOr types.path) null;
        text = option (types.nullOr types.str) null;
      };
    };
    systemd = {
      services = submodules {
        description = option types.str "";
        wantedBy = strings;
        after = strings;
        path = option (types.listOf (types.either types.package types.str)) [ ];
        environment = option (types.attrsOf types.str) { };
        serviceConfig = option (types.attrsOf types.raw) { };
      };
      units = submodules {
        text = mkOption { type = types.str; };
        unit = mkOption { type = types.package; };
      };
    };
    system.build = {
      kernel = mkOption { type = types.package; };
      toplevel = mkOption { type = types.raw; };
    };
  };

  own =
    { config, pkgs, ... }:
    {
      users.users.root.home = "/root";
      systemd.units = lib.mapAttrs' (
        name: service:
        lib.nameValuePair "${name}.service" rec {
          text = unitText service;
          unit = pkgs.runCommand "unit-${name}.service" {
            inherit text;
            passAsFile = [ "text" ];
          } "mkdir $out; cp $textPath $out/${name}.service";
        }
      ) config.systemd.services;
      system.build.toplevel =
        let
          failed = builtins.filter (each: !each.assertion) config.assertions;
        in
        if failed == [ ] then
          true
        else
          throw "Failed assertions: ${lib.concatMapStringsSep "; " (each: each.message) failed}";
    };
in
lib.evalModules {
  modules = [
    { inherit options; }
    ./boot.nix
    own
  ]
  ++ modules;
  specialArgs.pkgs = import ./pkgs.nix { inherit lib system; };
}
