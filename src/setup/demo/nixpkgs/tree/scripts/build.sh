# "Builds the kernel": compiles one small C file per enabled symbol; y goes into bzImage, m becomes a module.
set -eu
what=$1
cd "$2"

compileAll() {
    local letter=$1 directory=$2 name
    mkdir -p "$directory"
    sed -n "s/^CONFIG_\([A-Za-z0-9_]*\)=$letter$/\1/p" .config | while read -r name; do
        echo "  CC      ${name,,}.o" >&2
        echo "const char symbol_$name[] = \"$name\";" >"$directory/$name.c"
        gcc -c -o "$directory/$name.o" "$directory/$name.c"
        echo "$directory/$name.o"
    done
}

case $what in
    bzImage)
        mkdir -p arch/x86/boot
        compileAll y builtin >builtin.list
        ld -r -o arch/x86/boot/bzImage $(cat builtin.list)
        nm arch/x86/boot/bzImage >System.map
        ;;
    modules)
        compileAll m module >module.list
        ;;
    install)
        modules=$3/lib/modules/6.12.0
        mkdir -p "$modules"
        for object in $(cat module.list); do
            name=$(basename "$object" .o)
            cp "$object" "$modules/${name,,}.ko"
            echo "kernel/${name,,}.ko" >>"$modules/modules.order"
            # What depmod writes down: the devices that the sources name, where they do.
            find "$srctree" -name "${name,,}.c" -exec sed -n "s/^MODULE_ALIAS(\"\(.*\)\");\$/alias \1 ${name,,}/p" {} + >>"$modules/modules.alias"
        done
        ;;
esac
