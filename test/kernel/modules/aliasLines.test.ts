import { expect, it } from 'vitest';
import { sourceAliases } from '../../../src/kernel/modules/aliasLines.ts';

it.each([
  ['MODULE_ALIAS("crc32c");', ['crc32c']],
  ['MODULE_ALIAS_CRYPTO("crc32c-intel");', ['crc32c-intel', 'crypto-crc32c-intel']],
  ['MODULE_ALIAS_FS("ext4");', ['fs-ext4']],
  ['MODULE_ALIAS("platform:" "a, b"); /* ) */', ['platform:a, b']],
  ['MODULE_ALIAS_NETPROTO(PF_INET6);', ['net-pf-10']],
  ['MODULE_ALIAS("nf_conntrack-" __stringify(AF_INET));', ['nf_conntrack-2']],
  ['MODULE_ALIAS_NFT_AF_EXPR(AF_BRIDGE, "reject");', ['nft-expr-7-reject']],
  ['\tMODULE_ALIAS_NET_PF_PROTO_TYPE(PF_INET, 132, 1);', ['net-pf-2-proto-132-type-1']],
  ['MODULE_ALIAS_NLS(iso8859-8);', ['nls_iso8859-8']],
  ['MODULE_ALIAS_MISCDEV(KVM_MINOR);', []],
  ['MODULE_ALIAS("platform:" DRV_NAME);', []],
  ['MODULE_ALIAS(name);', []],
  ['MODULE_ALIAS_OF_TOMORROW("x");', []],
  ['MODULE_ALIAS("cut', []],
])('%s', (line, aliases) => {
  expect(sourceAliases(`./drivers/a/b.c:${line}\n`)).toEqual(
    aliases.map((alias) => ({ file: './drivers/a/b.c', alias })),
  );
});
