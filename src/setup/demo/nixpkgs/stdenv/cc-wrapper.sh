# What stands before the machine's compiler. As in nixpkgs, nothing is compiled for the processor of whichever machine builds.
makeWrapper() {
    local program
    program=$(command -v "$compilerName")
    mkdir -p "$out/bin"
    cat >"$out/bin/${targetPrefix}cc" <<WRAPPER
#!$shell
kept=()
for word in "\$@"; do
    if [[ \${NIX_ENFORCE_NO_NATIVE:-1} != 0 && \$word == -m*=native ]]; then
        echo "warning: Skipping impure flag \$word because NIX_ENFORCE_NO_NATIVE is set" >&2
    else
        kept+=("\$word")
    fi
done
exec '$program' "\${kept[@]}"
WRAPPER
    chmod 755 "$out/bin/${targetPrefix}cc"
}
