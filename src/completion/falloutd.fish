# Completion of falloutd for fish 3.4 and newer. `falloutd __complete` knows the words; this shows them.
function __falloutd_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l lines (command falloutd __complete $words[2..] "$typed" 2>/dev/null)
    # Names of files may follow `--option=`.
    set -l option (string match -r -- '^--[^=]*=' "$typed")
    set -l path (string replace -r -- '^--[^=]*=' '' "$typed")
    switch "$lines[1]"
        case files
            __fish_complete_path "$path" | string replace -r '^' -- "$option"
        case folders
            __fish_complete_directories "$path" '' | string replace -r '^' -- "$option"
        case words
            string join \n -- $lines[2..]
    end
end
complete -c falloutd -f -k -a '(__falloutd_complete)'
