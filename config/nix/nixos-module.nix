{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.services.falloutd;
  settings = import ./settings.nix { inherit lib pkgs; };
  service = import ./service.nix { inherit lib pkgs; };
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
  options.services.falloutd =
    service.options {
      flake = "/etc/nixos";
      state = "/var/lib/falloutd";
    }
    // {
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
      serviceConfig = service.serviceOf cfg.package file // {
        User = cfg.user;
        SupplementaryGroups = lib.optional (complete ? socket-group) complete.socket-group;
        StateDirectory = "falloutd";
        StateDirectoryMode = "0700";
        CacheDirectory = "falloutd";
        CacheDirectoryMode = "0700";
        RuntimeDirectory = "falloutd";

        # No MemoryDenyWriteExecute: V8 compiles while it runs.
        ProtectSystem = "strict";
        # One that is missing is reported by falloutd, not by systemd.
        ReadWritePaths = map (folder: "-${folder}") (
          settings.foldersOf complete
          ++ lib.optional (complete.state != "/var/lib/falloutd") complete.state
        );
        PrivateTmp = true;
        ProtectClock = true;
        ProtectControlGroups = true;
        ProtectHostname = true;
        ProtectKernelLogs = true;
        ProtectKernelModules = true;
        ProtectKernelTunables = true;
      };
    };
  };
}
