# homeManagerConfiguration: the options of home-manager that the module sets, with their types.
{ lib }:
{ modules }:
let
  inherit (lib) mkOption types;
  option = type: default: mkOption { inherit type default; };
  submodules = options: option (types.attrsOf (types.submodule { inherit options; })) { };
  section = option (types.attrsOf types.raw) { };
in
lib.evalModules {
  modules = [
    {
      options = {
        assertions = option (types.listOf (types.attrsOf types.raw)) [ ];
        home.homeDirectory = option types.str "/home/alice";
        home.packages = option (types.listOf types.package) [ ];
        xdg.stateHome = option types.str "/home/alice/.local/state";
        xdg.configFile = submodules { source = mkOption { type = types.path; }; };
        systemd.user.services = submodules {
          Unit = section;
          Service = section;
          Install = section;
        };
      };
    }
  ]
  ++ modules;
  specialArgs.pkgs = import ./pkgs.nix {
    inherit lib;
    system = "x86_64-linux";
  };
}
