# Where the modules of a kernel are as its nixpkgs builds it for everybody: without the patches of a host, and where the kernel itself was
# given settings or flags, also without those. Handed to `nix eval --json --apply`, as intents.nix is. Takes the places of nixpkgs' own
# patches in the list, then a NixOS configuration, whose own come last, or a kernel.
{ own }: thing:
let
  inherit (builtins) concatMap elemAt genList isAttrs length tryEval;

  isHost = isAttrs thing && thing ? config && thing.config ? boot;
  kernel = if isHost then thing.config.boot.kernelPackages.kernel else thing;
  patches = kernel.kernelPatches or [ ];
  places = if isHost then genList (i: i) (length patches - length thing.config.boot.kernelPatches) else own;
  without = change: kernel.override ({ kernelPatches = map (elemAt patches) places; } // change);
  changes = [
    { }
    {
      structuredExtraConfig = { };
      extraMakeFlags = [ ];
    }
  ];
  # Since 2025 they are an output of their own.
  pathOf = stock: (stock.modules or stock).outPath;
in
if !(kernel ? override) then [ ]
else concatMap
  (change: let path = tryEval (pathOf (without change)); in if path.success then [ path.value ] else [ ])
  changes
