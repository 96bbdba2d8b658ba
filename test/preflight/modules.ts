/** Modules of Linux 6.12 with the symbols that make them, written down by hand: the truth that preflight is compared with. */

/** Any one of the symbols is enough. Each module is asked for by one of its names. */
export type KnownModule = { names: readonly string[]; symbols: readonly string[] };

const one = (symbol: string, ...names: string[]): KnownModule => ({ names, symbols: [symbol] });

export const MODULES: readonly KnownModule[] = [
  one('SATA_AHCI', 'ahci'),
  one('ATA_PIIX', 'ata_piix', 'ata-piix'),
  one('BLK_DEV_NVME', 'nvme'),
  one('BLK_DEV_SD', 'sd_mod', 'sd-mod'),
  one('BLK_DEV_SR', 'sr_mod'),
  one('MMC_BLOCK', 'mmc_block', 'mmc-block'),
  one('USB_XHCI_PCI', 'xhci_pci', 'xhci-pci'),
  one('USB_EHCI_HCD', 'ehci_hcd', 'ehci-hcd'),
  one('USB_STORAGE', 'usb_storage', 'usb-storage'),
  one('USB_UAS', 'uas'),
  one('USB_HID', 'usbhid'),
  one('HID_GENERIC', 'hid_generic', 'hid-generic'),
  one('HID_LOGITECH_DJ', 'hid_logitech_dj', 'hid-logitech-dj'),
  one('KEYBOARD_ATKBD', 'atkbd'),
  one('BLK_DEV_DM', 'dm_mod', 'dm-mod'),
  one('DM_CRYPT', 'dm_crypt', 'dm-crypt'),
  one('BLK_DEV_LOOP', 'loop'),
  one('VIRTIO_BLK', 'virtio_blk', 'virtio-blk'),
  one('VIRTIO_PCI', 'virtio_pci'),
  one('VIRTIO_NET', 'virtio_net'),
  one('KVM_INTEL', 'kvm_intel', 'kvm-intel'),
  one('KVM_AMD', 'kvm_amd', 'kvm-amd'),
  one('EXT4_FS', 'ext4', 'fs-ext4'),
  one('BTRFS_FS', 'btrfs', 'fs-btrfs'),
  one('XFS_FS', 'xfs', 'fs-xfs'),
  one('VFAT_FS', 'vfat', 'fs-vfat'),
  one('SQUASHFS', 'squashfs', 'fs-squashfs'),
  one('OVERLAY_FS', 'overlay'),
  one('FUSE_FS', 'fuse'),
  one('TUN', 'tun'),
  one('BRIDGE', 'bridge'),
  one('WIREGUARD', 'wireguard'),
  one('E1000E', 'e1000e'),
  one('R8169', 'r8169'),
  one('IWLWIFI', 'iwlwifi'),
  one('DRM_I915', 'i915'),
  one('DRM_AMDGPU', 'amdgpu'),
  one('SND_HDA_INTEL', 'snd_hda_intel', 'snd-hda-intel'),
  one('THINKPAD_ACPI', 'thinkpad_acpi', 'thinkpad-acpi'),
  one('CRYPTO_XTS', 'xts'),
  { names: ['crc32c', 'crypto-crc32c'], symbols: ['CRYPTO_CRC32C', 'CRYPTO_CRC32C_INTEL'] },
  { names: ['sha256'], symbols: ['CRYPTO_SHA256', 'CRYPTO_SHA256_SSSE3'] },
  { names: ['aes'], symbols: ['CRYPTO_AES', 'CRYPTO_AES_NI_INTEL', 'CRYPTO_AES_TI'] },
];

/** What turns some of them off, themselves or by what they depend on. */
export const OFF: readonly string[] = [
  'USB_SUPPORT',
  'ATA',
  'SATA_AHCI',
  'SCSI',
  'MMC',
  'BLK_DEV_NVME',
  'HID_SUPPORT',
  'INPUT_KEYBOARD',
  'MD',
  'DM_CRYPT',
  'VIRTIO_MENU',
  'VIRTUALIZATION',
  'KVM_AMD',
  'EXT4_FS',
  'BTRFS_FS',
  'MISC_FILESYSTEMS',
  'FUSE_FS',
  'ETHERNET',
  'WLAN',
  'DRM',
  'SOUND',
  'X86_PLATFORM_DEVICES',
  'CRYPTO_XTS',
  'NET_CORE',
];

/** No kernel has them. */
export const NOBODYS: readonly string[] = ['zfs', 'v4l2loopback', 'nvidia', 'acpi_call', 'tp-smapi', 'ddcci'];
