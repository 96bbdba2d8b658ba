# What `npm ci`, `npm run demo` and `npm test` need.
{ pkgs }:
pkgs.mkShell {
  packages = with pkgs; [
    nodejs
    python3
    git
    nix
    gnumake
    perl
    flex
    bison
    kconfig-frontends
  ];

  # better-sqlite3 is compiled, against these headers.
  npm_config_nodedir = pkgs.lib.getDev pkgs.nodejs;
}
