# What every make of a kernel is called with: whose tools, for which architecture. Nothing else says so; the environment does not.
{
  lib,
  stdenv,
  kernelArch,
  extraMakeFlags,
}:
let
  inherit (stdenv.cc) isClang targetPrefix;
  named = gnu: llvm: if isClang then llvm else targetPrefix + gnu;
in
[
  "CC=${named "gcc" "clang"}"
  "CXX=${named "g++" "clang++"}"
  "LD=${named "ld" "ld.lld"}"
  "AR=${named "ar" "llvm-ar"}"
  "NM=${named "nm" "llvm-nm"}"
  "STRIP=${named "strip" "llvm-strip"}"
  "OBJCOPY=${named "objcopy" "llvm-objcopy"}"
  "OBJDUMP=${named "objdump" "llvm-objdump"}"
  "READELF=${named "readelf" "llvm-readelf"}"
  "HOSTCC=gcc"
  "HOSTCXX=g++"
  "HOSTAR=ar"
  "HOSTLD=ld"
  "ARCH=${kernelArch}"
  "CROSS_COMPILE=${targetPrefix}"
]
++ stdenv.hostPlatform.linux-kernel.makeFlags or [ ]
++ extraMakeFlags
