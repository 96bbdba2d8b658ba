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
    inherit (config.users.users.${cfg.user}) home;
    defaults = {
      state = "/var/lib/falloutd";
    }
    // lib.optionalAttrs (cfg.group != null) { socket-group = cfg.group; };
  } cfg.settings;
  file = settings.file cfg.package complete;
in
{
  options.services.falloutd = {
    enable = lib.mkEnableOption "falloutd, which brings a kernel configuration to its fixed point at each save";

    package = lib.mkOption {
      type = lib.types.package;
      default = pkgs.callPackage ./package.nix { };
      defaultText = lib.literalExpression "the falloutd of this flake, built with the host's nixpkgs";
      description = "The package whose `bin/falloutd` runs.";
    };

    settings = lib.mkOption {
      inherit (settings) type;
      default = { };
      example = lib.literalExpression ''
        {
          target.laptop = {
            flake = "/etc/nixos";
            attribute = "nixosConfigurations.laptop.config.system.build.kernel";
            managed = "/etc/nixos/fallout.nix";
          };
        }
      '';
      description = ''
        falloutd.toml. Paths are whole, from / or ~/. A target's `patches` are the patches.nix beside its flake, and `state` is
        /var/lib/falloutd, where nothing else is given.
      '';
    };

    user = lib.mkOption {
      type = lib.types.str;
      default = "root";
      example = "alice";
      description = "Who runs it: the owner of the flakes.";
    };

    group = lib.mkOption {
      type = lib.types.nullOr lib.types.str;
      default = null;
      example = "wheel";
      description = ''
        A group whose members may ask the daemon, too: `falloutd status --follow`, `pause`, `undo`, `build` and so on. What they ask it does
        as `user`.
      '';
    };
  };

  config = lib.mkIf cfg.enable {
    assertions = settings.assertionsFor "services.falloutd" complete;

    environment.systemPackages = [ cfg.package ];

    # Where the commands find it, whoever gives them.
    environment.etc."falloutd/falloutd.toml".source = file;

    systemd.services.falloutd = {
      description = "falloutd: a NixOS kernel configuration, brought to its fixed point at each save";
      wantedBy = [ "multi-user.target" ];
      after = [
        "network.target"
        "nix-daemon.socket"
      ];
      # Nix, git and what the hooks call, as the machine has them; the package brings what is missing.
      path = [ "/run/current-system/sw" ];
      environment = {
        # The home directory is read-only here, and so is /nix: its daemon builds.
        XDG_CACHE_HOME = "/var/cache/falloutd";
        NIX_REMOTE = "daemon";
        NIX_PATH = lib.concatStringsSep ":" config.nix.nixPath;
      };
      serviceConfig = {
        Type = "notify";
        # systemd-notify speaks for it.
        NotifyAccess = "all";
        ExecStart = "${lib.getExe cfg.package} watch --config ${file}";
        User = cfg.user;
        SupplementaryGroups = lib.optional (complete ? socket-group) complete.socket-group;
        StateDirectory = "falloutd";
        StateDirectoryMode = "0700";
        CacheDirectory = "falloutd";
        CacheDirectoryMode = "0700";
        RuntimeDirectory = "falloutd";
        Restart = "on-failure";
        RestartSec = 10;
        # A wrong configuration and a second falloutd do not get better by themselves.
        RestartPreventExitStatus = "2 4";
        # falloutd ends what it started.
        KillMode = "mixed";
        TimeoutStopSec = 60;

        # No MemoryDenyWriteExecute: V8 compiles while it runs.
        ProtectSystem = "strict";
        # One that is missing is reported by falloutd, not by systemd.
        ReadWritePaths = map (folder: "-${folder}") (
          settings.foldersOf complete
          ++ lib.optional (complete.state != "/var/lib/falloutd") complete.state
        );
        NoNewPrivileges = true;
        PrivateTmp = true;
        ProtectClock = true;
        ProtectControlGroups = true;
        ProtectHostname = true;
        ProtectKernelLogs = true;
        ProtectKernelModules = true;
        ProtectKernelTunables = true;
        RestrictRealtime = true;
        RestrictSUIDSGID = true;
        LockPersonality = true;
      };
    };
  };
}
