# The service in a virtual machine: `nix build .#checks.x86_64-linux.vm`. Nobody has run it yet: where falloutd is developed there is
# no nixpkgs.
{ pkgs, ... }:
{
  name = "falloutd";

  nodes.machine = {
    imports = [ ./nixos-module.nix ];
    services.falloutd = {
      enable = true;
      group = "wheel";
      settings.target.laptop = {
        flake = "/etc/nixos";
        attribute = "nixosConfigurations.laptop.config.system.build.kernel";
      };
    };
    users.users = {
      member = {
        isNormalUser = true;
        extraGroups = [ "wheel" ];
      };
      stranger.isNormalUser = true;
    };
    environment.etc = {
      "nixos/flake.nix".text = "{ outputs = _: { }; }";
      "nixos/patches.nix".text = "{ lib, ... }: [ ]";
    };
  };

  testScript = ''
    machine.wait_for_unit("falloutd.service")
    machine.succeed("falloutd --version")
    with subtest("a member of the group asks the daemon, a stranger does not"):
        machine.succeed("su member -c 'falloutd pause'")
        machine.fail("su stranger -c 'falloutd resume'")
        machine.succeed("falloutd status | grep paused")
    with subtest("it ends within a minute, and starts again"):
        machine.succeed("systemctl restart falloutd.service")
        machine.wait_for_unit("falloutd.service")
  '';
}
