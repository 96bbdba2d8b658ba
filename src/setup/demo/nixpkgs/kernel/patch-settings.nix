# The settings of one entry of kernelPatches, by the name that this nixpkgs reads.
{ lib, attributeMode }:
patch:
{
  new = patch.structuredExtraConfig or { };

  old = patch.extraStructuredConfig or { };

  both =
    if patch ? extraStructuredConfig then
      lib.warn
        "Passing `extraStructuredConfig` to the Linux kernel (e.g. via `boot.kernelPatches` in NixOS) is deprecated. Use `structuredExtraConfig` instead."
        (lib.mkMerge [
          patch.extraStructuredConfig
          (patch.structuredExtraConfig or { })
        ])
    else
      patch.structuredExtraConfig or { };

  throws =
    if patch ? extraStructuredConfig then
      throw ''
        Passing `extraStructuredConfig` to the Linux kernel (e.g.
        via `boot.kernelPatches` in NixOS) is not supported anymore. Use
        `structuredExtraConfig` instead.
      ''
    else
      patch.structuredExtraConfig or { };
}
.${attributeMode}
