# What the modules of NixOS and home-manager have in common: their options, and what either unit says of the service.
{ lib, pkgs }:
let
  settings = import ./settings.nix { inherit lib pkgs; };
in
{
  # `flake` and `state` are where the host's flake and the database usually are; `more` are further settings to show.
  options =
    {
      flake,
      state,
      more ? "",
    }:
    {
      enable = lib.mkEnableOption "falloutd, which brings a kernel configuration to its fixed point at each save";

      package = lib.mkOption {
        type = lib.types.package;
        default = pkgs.callPackage ./package.nix { };
        defaultText = lib.literalExpression "the falloutd of this flake, built with your nixpkgs";
        description = "The package whose `bin/falloutd` runs.";
      };

      settings = lib.mkOption {
        inherit (settings) type;
        default = { };
        example = lib.literalExpression ''
          {
            target.laptop = {
              flake = "${flake}";
              attribute = "nixosConfigurations.laptop.config.system.build.kernel";
              managed = "${flake}/fallout.nix";
            };${more}
          }
        '';
        description = ''
          falloutd.toml. Paths are whole, from / or ~/. A target's `patches` are the patches.nix beside its flake, and `state` is
          ${state}, where nothing else is given.
        '';
      };
    };

  # The keys of systemd.service(5) and systemd.exec(5) for a package and its falloutd.toml.
  serviceOf = package: file: {
    Type = "notify";
    # systemd-notify speaks for it.
    NotifyAccess = "all";
    ExecStart = "${lib.getExe package} watch --config ${file}";
    Restart = "on-failure";
    RestartSec = 10;
    # A wrong configuration and a second falloutd do not get better by themselves.
    RestartPreventExitStatus = "2 4";
    # falloutd ends what it started.
    KillMode = "mixed";
    TimeoutStopSec = 60;
    NoNewPrivileges = true;
    RestrictRealtime = true;
    RestrictSUIDSGID = true;
    LockPersonality = true;
  };
}
