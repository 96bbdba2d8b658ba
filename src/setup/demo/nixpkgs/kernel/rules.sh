# How a kernel tree is unpacked, configured and built; `flavour` says which of the two kinds it is.

unpackForConfig() {
    case $flavour:$src in
        linux:*.tar.*) unpackKbuildFromArchive ;;
        linux:*) unpackKbuildOnly ;;
        *) unpackPhase ;;
    esac
}

unpackForKernel() {
    unpackPhase
}

# The files that the patches change.
patchedFiles() {
    local file
    for file in ${patches:-}; do
        sed -n 's/^[-+]\{3\} [ab]\/\([^[:space:]]*\).*/\1/p' "$file"
    done | sort -u
}

# The part of a kernel tree that `make config` reads, and whatever the patches change.
unpackKbuildOnly() {
    echo "unpacking source tree $src (Kconfig and Kbuild files)"
    mkdir source
    (
        cd "$src"
        {
            find . -name .git -prune -o -name 'Kconfig*' -print
            find scripts tools/scripts tools/build include/uapi/linux -type f
            find kernel/configs arch/*/Makefile arch/*/configs arch/x86/include/asm arch/x86/entry/syscalls arch/x86/tools -type f
            find . -maxdepth 1 -type f
            patchedFiles | while read -r path; do
                if [[ -e $path ]]; then echo "./$path"; fi
            done
        } | sort -u | tar -cf - --no-recursion -T -
    ) | tar -xf - -C source --no-same-permissions
    cd source
    chmod -R u+w .
}

unpackKbuildFromArchive() {
    echo "unpacking source archive $src (Kconfig and Kbuild files)"
    mkdir source
    local patterns=('*/Kconfig*' '*/Makefile' '*/scripts/*' '*/tools/build/*' '*/include/uapi/linux/*' '*/configs/*' '*/arch/x86/*')
    local path
    for path in $(patchedFiles); do patterns+=("*/$path"); done
    # A pattern that matches nothing (a file that a patch adds) is no error.
    tar -xf "$src" -C source --strip-components=1 --no-same-permissions --wildcards "${patterns[@]}" 2>/dev/null || [[ -e source/Makefile ]]
    cd source
    chmod -R u+w .
}

# conf prints "###" after each question, so that generate-config.pl knows when it is asked.
markQuestions() {
    if [[ $flavour == linux ]]; then
        sed -e '/fflush(stdout);/i\printf("###");' -i scripts/kconfig/conf.c
    fi
    if [[ -n ${quickKconfig:-} ]]; then
        forgetExpressionsAtOnce
    fi
    if [[ $flavour == small && -n ${conf:-} ]]; then
        # Kconfig since Linux 5.14 spells this differently from what kconfig-frontends reads.
        sed -e 's/^\toption modules$/\tmodules/' -i init/Kconfig
        export CONF=$conf
    fi
}

# 6.12 walks all cached expressions after each answer, most of a config build's time. A count of the
# answers beside each cached value says the same; the .config is the same to the byte.
forgetExpressionsAtOnce() {
    sed -e 's/bool val_is_valid;/unsigned int val_is_valid;/' -i scripts/kconfig/expr.h
    sed -e 's/e->val_is_valid = false;$/e->val_is_valid = 0;/' \
        -e 's/if (!e->val_is_valid)/if (e->val_is_valid != answers_so_far)/' \
        -e 's/e->val_is_valid = true;/e->val_is_valid = answers_so_far;/' \
        -e '/^HASHTABLE_DEFINE(expr_hashtable/a static unsigned int answers_so_far = 1;' \
        -e '/^void expr_invalidate_all/,/^}/c void expr_invalidate_all(void)\n{\n\tanswers_so_far++;\n}' \
        -i scripts/kconfig/expr.c
}

buildConfig() {
    export buildRoot="$PWD/build"
    mkdir -p "$buildRoot"

    make ${makeFlags:-} -C . O="$buildRoot" "$kernelBaseConfig" ARCH="$kernelArch" HOSTCC=gcc CC=gcc

    echo "generating kernel configuration..."
    ln -s "$kernelConfigPath" "$buildRoot/kernel-config"
    DEBUG=1 ARCH="$kernelArch" CC=gcc HOSTCC=gcc HOSTCXX=g++ \
        KERNEL_CONFIG="$buildRoot/kernel-config" AUTO_MODULES="$autoModules" \
        PREFER_BUILTIN="$preferBuiltin" BUILD_ROOT="$buildRoot" SRC=. MAKE_FLAGS="${makeFlags:-}" \
        perl -w "$generateConfig"
}

buildKernel() {
    export buildRoot="$PWD/build"
    mkdir -p "$buildRoot"
    cp "$configfile" "$buildRoot/.config"
    chmod u+w "$buildRoot/.config"
    make ${makeFlags:-} -C . O="$buildRoot" olddefconfig ARCH="$kernelArch"
    make ${makeFlags:-} -C . O="$buildRoot" ARCH="$kernelArch" -j"$(nproc)" bzImage
    if hasModules; then
        make ${makeFlags:-} -C . O="$buildRoot" ARCH="$kernelArch" -j"$(nproc)" modules
    fi
}

installKernel() {
    mkdir -p "$out"
    cp "$buildRoot/arch/x86/boot/bzImage" "$buildRoot/System.map" "$out/"
    cp "$configfile" "$out/config"
    if hasModules; then
        make ${makeFlags:-} -C . O="$buildRoot" ARCH="$kernelArch" INSTALL_MOD_PATH="$out" modules_install
    fi
}

hasModules() {
    grep -q '^CONFIG_MODULES=y$' "$buildRoot/.config"
}
