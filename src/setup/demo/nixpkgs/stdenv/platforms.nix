# What lib.systems knows of the machines that a kernel is built for.
{
  x86_64-linux = {
    linuxArch = "x86_64";
    targetPrefix = "x86_64-linux-gnu-";
    linux-kernel = {
      name = "pc";
      baseConfig = "defconfig";
      autoModules = true;
    };
  };
  aarch64-linux = {
    linuxArch = "arm64";
    targetPrefix = "aarch64-linux-gnu-";
    linux-kernel = {
      name = "aarch64-multiplatform";
      baseConfig = "defconfig";
      autoModules = true;
      preferBuiltin = true;
    };
  };
}
