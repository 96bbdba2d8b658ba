{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.services.falloutd;
  settings = import ./settings.nix { inherit lib pkgs; };
  complete = settings.complete {
    home = config.home.homeDirectory;
    defaults.state = "${config.xdg.stateHome}/falloutd";
  } cfg.settings;
  file = settings.file cfg.package complete;
in
{
  options.services.falloutd = {
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
            flake = "~/nixos";
            attribute = "nixosConfigurations.laptop.config.system.build.kernel";
            managed = "~/nixos/fallout.nix";
          };
          hooks.on-stable = "notify-send 'The kernel config is stable'";
        }
      '';
      description = ''
        falloutd.toml. Paths are whole, from / or ~/. A target's `patches` are the patches.nix beside its flake, and `state` is
        $XDG_STATE_HOME/falloutd, where nothing else is given.
      '';
    };
  };

  config = lib.mkIf cfg.enable {
    assertions = settings.assertionsFor "services.falloutd" complete;

    home.packages = [ cfg.package ];

    xdg.configFile."falloutd/falloutd.toml".source = file;

    # No ProtectSystem here: a user's manager gives a file system of its own only where every other user becomes nobody, whose files
    # ssh refuses. And no StateDirectory or RuntimeDirectory: falloutd makes both, private.
    systemd.user.services.falloutd = {
      Unit.Description = "falloutd: a NixOS kernel configuration, brought to its fixed point at each save";
      Service = {
        Type = "notify";
        # systemd-notify speaks for it.
        NotifyAccess = "all";
        ExecStart = "${lib.getExe cfg.package} watch --config ${file}";
        # Nix, git and what the hooks call, as the machine has them; the package brings what is missing.
        Environment = [
          "PATH=%h/.nix-profile/bin:/etc/profiles/per-user/%u/bin:/nix/var/nix/profiles/default/bin:/run/current-system/sw/bin:/usr/local/bin:/usr/bin:/bin"
        ];
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
      Install.WantedBy = [ "default.target" ];
    };
  };
}
