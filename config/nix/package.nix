# falloutd as a package of nixpkgs: `pkgs.callPackage ./package.nix { }`.
{
  lib,
  stdenv,
  buildNpmPackage,
  importNpmLock,
  nodejs,
  makeWrapper,
  installShellFiles,
  bash,
  git,
  gnutar,
  gzip,
  nix,
  systemd,
  xz,
}:

assert lib.assertMsg (lib.versionAtLeast nodejs.version "20.19") ''
  falloutd needs Node 20.19 or newer, and this nixpkgs has ${nodejs.version}: take nixpkgs 25.05 or newer,
  or `falloutd.override { nodejs = nodejs_22; }`.
'';

let
  root = ../..;
  package = lib.importJSON (root + "/package.json");
in
buildNpmPackage {
  pname = package.name;
  inherit (package) version;
  inherit nodejs;

  # A change of the tests or of README builds nothing anew.
  src = lib.fileset.toSource {
    inherit root;
    fileset = lib.fileset.unions [
      (root + "/LICENSE")
      (root + "/config")
      (root + "/package.json")
      (root + "/package-lock.json")
      (root + "/src")
      (root + "/tsconfig.json")
    ];
  };

  npmDeps = importNpmLock {
    inherit package;
    packageLock = import ./package-lock.nix {
      inherit lib;
      packageLock = lib.importJSON (root + "/package-lock.json");
    };
  };
  inherit (importNpmLock) npmConfigHook;

  # better-sqlite3 is compiled against nixpkgs' Node; it would look for a binary on the network first.
  env.npm_config_build_from_source = "true";

  # `npm pack` would run `prepare`, and so build a second time.
  npmPackFlags = [ "--ignore-scripts" ];

  nativeBuildInputs = [
    installShellFiles
    makeWrapper
  ];

  # What falloutd starts comes from PATH, so that the machine's own Nix and git count; these are for a service without one.
  # V8's flag is the one of the first line of src/main.ts.
  postInstall = ''
    installShellCompletion --cmd falloutd \
      --bash dist/completion/falloutd.bash --zsh dist/completion/falloutd.zsh --fish dist/completion/falloutd.fish
    installManPage dist/man/*
    rm -f $out/bin/falloutd
    makeWrapper ${lib.getExe nodejs} $out/bin/falloutd \
      --add-flags --max-semi-space-size=4 \
      --add-flags $out/lib/node_modules/falloutd/dist/main.js \
      --suffix PATH : ${
        lib.makeBinPath (
          [
            nix
            git
            gnutar
            gzip
            xz
            bash
          ]
          # systemd-notify
          ++ lib.optional stdenv.hostPlatform.isLinux systemd
        )
      }
  '';

  # Both native modules are loaded: the one compiled here, and koffi's own binary, whose libraries Node has loaded already.
  doInstallCheck = stdenv.buildPlatform.canExecute stdenv.hostPlatform;
  installCheckPhase = ''
    runHook preInstallCheck
    $out/bin/falloutd --version | grep -xF ${package.version}
    (cd $out/lib/node_modules/falloutd && ${lib.getExe nodejs} --input-type=module --eval '
      import Database from "better-sqlite3";
      import koffi from "koffi";
      new Database(":memory:").close();
      koffi.load(null).func("int getpid()")();
    ')
    runHook postInstallCheck
  '';

  meta = {
    inherit (package) description;
    license = lib.licenses.mit;
    mainProgram = "falloutd";
    platforms = [
      "x86_64-linux"
      "aarch64-linux"
    ];
  };
}
