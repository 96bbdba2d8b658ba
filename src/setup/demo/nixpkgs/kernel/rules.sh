# How a kernel tree is unpacked, configured and built; `flavour` says which of the two kinds it is.

# A kernel tree has ninety thousand files: they are linked, not copied, where that is possible. Who changes one replaces it, as patch
# and sed do; scripts/, which is there to be changed, is a copy.
unpackTree() {
    case $flavour:$src in
        linux:*.tar.*) unpackPhase ;;
        linux:*)
            echo "unpacking source tree $src"
            if cp -rlT "$src" source 2>/dev/null; then
                rm -rf source/scripts
                cp -r "$src/scripts" source/
                chmod -R u+w source/scripts
                find source -type d -exec chmod u+w {} +
            else
                rm -rf source
                cp -rT "$src" source
                chmod -R u+w source
            fi
            rm -rf source/.git
            cd source
            ;;
        *) unpackPhase ;;
    esac
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

# The flags stand on both sides, as in nixpkgs: what the words of kernelBaseConfig say of a tool is not the last word.
buildConfig() {
    makeBaseConfig
    answerQuestions
}

makeBaseConfig() {
    export buildRoot="${buildRoot:-build}"
    make $makeFlags -C . O="$buildRoot" $kernelBaseConfig ARCH="$kernelArch" CROSS_COMPILE="$crossCompile" $makeFlags
}

answerQuestions() {
    export buildRoot="${buildRoot:-build}"
    echo "generating kernel configuration..."
    if [[ -n ${kernelConfigPath:-} ]]; then
        ln -s "$kernelConfigPath" "$buildRoot/kernel-config"
    fi
    DEBUG=1 ARCH="$kernelArch" CROSS_COMPILE="$crossCompile" \
        KERNEL_CONFIG="$buildRoot/kernel-config" AUTO_MODULES="$autoModules" \
        PREFER_BUILTIN="$preferBuiltin" BUILD_ROOT="$buildRoot" SRC=. MAKE_FLAGS="$makeFlags" \
        perl -w "$generateConfig"
    expectSymbols
}

# A compiler that the kernel did not recognize ends the build here, after the script succeeded.
expectSymbols() {
    local symbol
    for symbol in $expectedSymbols; do
        grep -Fq "CONFIG_$symbol=y" "$buildRoot/.config" && continue
        case $symbol in
            CC_IS_CLANG) echo "Kernel config didn't recognize the clang compiler?" ;;
            LD_IS_LLD) echo "Kernel config didn't recognize the LLVM linker?" ;;
            RUST_IS_AVAILABLE) echo "Kernel config didn't find Rust toolchain?" ;;
        esac
        exit 1
    done
}

buildKernel() {
    export buildRoot="$PWD/build"
    mkdir -p "$buildRoot"
    cp "$configfile" "$buildRoot/.config"
    chmod u+w "$buildRoot/.config"
    make $makeFlags -C . O="$buildRoot" olddefconfig ARCH="$kernelArch"
    make $makeFlags -C . O="$buildRoot" ARCH="$kernelArch" -j"$(nproc)" bzImage
    if hasModules; then
        make $makeFlags -C . O="$buildRoot" ARCH="$kernelArch" -j"$(nproc)" modules
    fi
}

installKernel() {
    mkdir -p "$out"
    cp "$buildRoot/arch/x86/boot/bzImage" "$buildRoot/System.map" "$out/"
    cp "$configfile" "$out/config"
    if hasModules; then
        make $makeFlags -C . O="$buildRoot" ARCH="$kernelArch" INSTALL_MOD_PATH="$out" modules_install
    fi
}

hasModules() {
    grep -q '^CONFIG_MODULES=y$' "$buildRoot/.config"
}
