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
    home = config.home.homeDirectory;
    defaults.state = "${config.xdg.stateHome}/falloutd";
  } cfg.settings;
  file = settings.file cfg.package complete;
in
{
  options.services.falloutd = service.options {
    flake = "~/nixos";
    state = "$XDG_STATE_HOME/falloutd";
    more = "\n  hooks.on-stable = \"notify-send 'The kernel config is stable'\";";
  };

  config = lib.mkIf cfg.enable {
    assertions = settings.assertionsFor "services.falloutd" complete;

    home.packages = [ cfg.package ];

    xdg.configFile."falloutd/falloutd.toml".source = file;

    # No ProtectSystem here: a user's manager gives a file system of its own only where every other user becomes nobody, whose files
    # ssh refuses. And no StateDirectory or RuntimeDirectory: falloutd makes both, private.
    systemd.user.services.falloutd = {
      Unit.Description = "falloutd: a NixOS kernel configuration, brought to its fixed point at each save";
      Service = service.serviceOf cfg.package file // {
        # Nix, git and what the hooks call, as the machine has them; the package brings what is missing.
        Environment = [
          "PATH=%h/.nix-profile/bin:/etc/profiles/per-user/%u/bin:/nix/var/nix/profiles/default/bin:/run/current-system/sw/bin:/usr/local/bin:/usr/bin:/bin"
        ];
      };
      Install.WantedBy = [ "default.target" ];
    };
  };
}
