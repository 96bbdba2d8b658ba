# What this nixpkgs asks of the small tree.
{ lib }:
with lib.kernel;
{
  # Deliberately not all there is: this kernel has no such bus, no such guest.
  ATH9K_AHB = option yes;
  PARAVIRT = option yes;
  XEN = option yes;

  KERNEL_ZSTD = yes;
  MODULES = yes;
  MODULE_UNLOAD = yes;
  PREEMPT_VOLUNTARY = yes;
  SYSVIPC = yes;
  IKCONFIG = yes;
  IKCONFIG_PROC = yes;
  NR_CPUS = freeform "256";

  NET = yes;
  INET = yes;
  CFG80211_DEBUGFS = option yes;
  SCSI_LOWLEVEL = yes;
  SND_HDA_POWER_SAVE_DEFAULT = option (freeform "1");
  DRM_AMDGPU_SI = option yes;
  FB = yes;
  HIDRAW = yes;
  NLS_DEFAULT = freeform "utf8";
  DEBUG_FS = yes;
  DEBUG_INFO = no;
}
