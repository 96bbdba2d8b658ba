/** The aliases that sources give their modules, from the lines with `MODULE_ALIAS…`. */

export type SourceAlias = {
  /** The source, as the line names it. */
  file: string;
  /** As modprobe is asked for it; it may hold `*` and `?`. */
  alias: string;
};

/** What the macros of the kernel's headers make of their arguments. */
const TEMPLATES: Readonly<Partial<Record<string, readonly string[]>>> = {
  '': ['%1'],
  '9P': ['9p-%1'],
  BLOCKDEV: ['block-major-%1-%2'],
  BLOCKDEV_MAJOR: ['block-major-%1-*'],
  CHARDEV: ['char-major-%1-%2'],
  CHARDEV_MAJOR: ['char-major-%1-*'],
  CRYPTO: ['%1', 'crypto-%1'],
  FS: ['fs-%1'],
  GENL_FAMILY: ['net-pf-16-proto-16-family-%1'],
  IFE_META: ['ife-meta-%1'],
  L2TP_PWTYPE: ['net-l2tp-type-%1'],
  LDISC: ['tty-ldisc-%1'],
  MISCDEV: ['char-major-10-%1'],
  NETDEV: ['netdev-%1'],
  NETPROTO: ['net-pf-%1'],
  NET_ACT: ['net-act-%1'],
  NET_CLS: ['net-cls-%1'],
  NET_PF_PROTO: ['net-pf-%1-proto-%2'],
  NET_PF_PROTO_TYPE: ['net-pf-%1-proto-%2-type-%3'],
  NET_SCH: ['net-sch-%1'],
  NFCT_HELPER: ['nfct-helper-%1'],
  NFT_AF_EXPR: ['nft-expr-%1-%2'],
  NFT_CHAIN: ['nft-chain-%1-%2'],
  NFT_EXPR: ['nft-expr-%1'],
  NF_LOGGER: ['nf-logger-%1-%2'],
  NF_NAT_HELPER: ['ip_nat_%1'],
  NLS: ['nls_%1'],
  RDMA_CLIENT: ['rdma-client-%1'],
  RDMA_LINK: ['rdma-link-%1'],
  RTNL_LINK: ['rtnl-link-%1'],
  RTNL_LWT: ['rtnl-lwt-%1'],
  TCF_EMATCH: ['ematch-kind-%1'],
  TCP_ULP: ['%1', 'tcp-ulp-%1'],
  TEAM_MODE: ['team-mode-%1'],
  XFRM_OFFLOAD_TYPE: ['xfrm-offload-%1-%2'],
  XFRM_TYPE: ['xfrm-type-%1-%2'],
};

/** Address families; their numbers are part of the interface to programs. */
const FAMILIES: Readonly<Partial<Record<string, number>>> = {
  UNIX: 1,
  INET: 2,
  AX25: 3,
  IPX: 4,
  APPLETALK: 5,
  NETROM: 6,
  BRIDGE: 7,
  ATMPVC: 8,
  X25: 9,
  INET6: 10,
  ROSE: 11,
  KEY: 15,
  NETLINK: 16,
  PACKET: 17,
  ATMSVC: 20,
  RDS: 21,
  PPPOX: 24,
  LLC: 26,
  MPLS: 28,
  CAN: 29,
  TIPC: 30,
  BLUETOOTH: 31,
  IUCV: 32,
  RXRPC: 33,
  PHONET: 35,
  IEEE802154: 36,
  CAIF: 37,
  ALG: 38,
  NFC: 39,
  VSOCK: 40,
  KCM: 41,
  QIPCRTR: 42,
  SMC: 43,
  MCTP: 45,
};

/** Reads lines as `grep -r` prints them. An alias with a name in it that only the compiler knows is left out. */
export function sourceAliases(lines: string): SourceAlias[] {
  return lines.split('\n').flatMap((line) => {
    const [, file, macro = '', inside = ''] = /^([^:]+):\s*MODULE_ALIAS_?(\w*)\s*\((.*?)\)\s*(?:;|$)/.exec(line) ?? [];
    const args = inside.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/);
    const values = args.map((argument) => textOf(argument, macro !== ''));
    if (file === undefined || values.includes(null)) return [];
    return (TEMPLATES[macro] ?? []).map((template) => ({
      file,
      alias: template.replace(/%(\d)/g, (_, number: string) => values[Number(number) - 1] ?? ''),
    }));
  });
}

/** The text of strings and of what is made a string; null: it is not known. `bare`: the macro makes strings of names itself. */
function textOf(argument: string, bare: boolean): string | null {
  const parts = argument.match(/"(?:[^"\\]|\\.)*"|\w+\s*\([^)]*\)|[^\s"]+/g) ?? [];
  const texts = parts.map((part) => {
    if (part.startsWith('"')) return part.slice(1, -1);
    const name = /^__stringify\s*\(\s*([^)\s]*)\s*\)$/.exec(part)?.[1] ?? (bare ? part : null);
    return name === null ? null : wordOf(name);
  });
  return texts.includes(null) || texts.length === 0 ? null : texts.join('');
}

/** What a name or a number comes to: names that the preprocessor replaces are in capitals. */
function wordOf(name: string): string | null {
  const family = FAMILIES[/^[AP]F_(\w+)$/.exec(name)?.[1] ?? ''];
  if (family !== undefined) return String(family);
  return /^(?:\d+|[a-z][a-z0-9-]*)$/.test(name) ? name : null;
}
