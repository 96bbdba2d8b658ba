# The phases of a build, announced as nixpkgs' stdenv announces them.
set -eu
set -o pipefail

showPhase() {
    if [[ -n ${NIX_LOG_FD:-} ]]; then
        printf '@nix { "action": "setPhase", "phase": "%s" }\n' "$1" >&"$NIX_LOG_FD"
    fi
    echo "Running phase: $1"
}

# A phase given as an attribute of the derivation replaces the function of that name.
runPhase() {
    showPhase "$1"
    if [[ -n ${!1:-} ]]; then
        eval "${!1}"
    else
        "$1"
    fi
}

unpackPhase() {
    echo "unpacking source archive $src"
    case $src in
        *.tar.*) mkdir source && tar -xf "$src" -C source --strip-components=1 ;;
        *) cp -r "$src" source ;;
    esac
    cd source
    chmod -R u+w .
}

patchPhase() {
    local file
    for file in ${patches:-}; do
        echo "applying patch $file"
        patch -p1 --no-backup-if-mismatch <"$file"
    done
    if [[ -n ${postPatch:-} ]]; then
        eval "$postPatch"
    fi
}

configurePhase() { :; }
buildPhase() { :; }
installPhase() { :; }

genericBuild() {
    local phase
    for phase in unpackPhase patchPhase configurePhase buildPhase installPhase; do
        runPhase "$phase"
    done
}
