/**
 * `npm run test:rehearse -- [options]`: from Linux 6.1 to 6.12 and back, by falloutd itself. A config build has to give the .config that was
 * predicted, and most of the options that were renamed between the two have to be found under their other names.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Documents } from '../../src/report/data/documentSchemas.ts';
import { falloutd } from '../helpers/command.ts';
import { countForCi } from '../helpers/countForCi.ts';
import { documentIn } from '../helpers/documentSchema.ts';
import { KernelHost } from '../helpers/kernelHost.ts';
import { linuxTree, type LinuxVersion } from '../helpers/linuxTree.ts';
import { nixpkgsOf } from '../helpers/otherNixpkgs.ts';
import { wishing } from '../helpers/patchesText.ts';
import { RENAMES } from './renames.ts';

const HELP = `npm run test:rehearse -- [options]
  (none)  from 6.1 to 6.12, and back
  --ci    the share that CI runs, in at most two minutes: from 6.1 to 6.12
`;

const { values } = parseArgs({
  options: { ci: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** What the way there has to show, by the wishes of the host. */
type Way = { from: LinuxVersion; to: LinuxVersion; renames: readonly (readonly [before: string, after: string])[] };

const THERE: Way = { from: '6.1', to: '6.12', renames: RENAMES };
const BACK: Way = { from: '6.12', to: '6.1', renames: RENAMES.map(([older, newer]) => [newer, older]) };

/** Of the renamed options so many have to be found. */
const MOST_NAMED = 0.8;

/** Wishes that both kernels know, and that cost other options something. */
const COMMON = 'SND_SOC = no;\nHIDRAW = no;\nPREEMPT = lib.mkForce yes;\nRTLWIFI = no;\nUSB_SERIAL_CONSOLE = yes;';

const wishesOf = ({ renames }: Way): string =>
  wishing(
    [COMMON, ...renames.map(([before], i) => `${before} = ${i % 3 === 0 ? 'yes' : 'lib.mkForce no'};`)].join('\n'),
  );

/** What rehearse says otherwise than it should; nothing where all is well. */
async function found(host: KernelHost, way: Way): Promise<string[]> {
  const next = await nixpkgsOf(join(await host.scratch('inputs'), 'next'), await linuxTree(way.to));
  const args = ['--override-input', `nixpkgs=${next}`, '--build', '--json', '--config', host.host.configFile];
  const { code, stdout, stderr } = await falloutd(['rehearse', ...args]);
  if (code !== 0 && code !== 1) return [`falloutd rehearse ended with ${code}: ${stdout}${stderr}`];
  const rehearsal = documentIn('rehearse', stdout);
  const { verified, lost, gone, questions, changed } = rehearsal;
  const counts = { lost, gone, questions, changed };
  say(
    `  ${Object.entries(counts)
      .map(([what, all]) => `${all.length} ${what}`)
      .join(', ')}`,
  );
  return [
    ...(verified?.kind === 'as-predicted' ? [] : [`the config build: ${JSON.stringify(verified)}`]),
    ...(code === (lost.length > 0 ? 1 : 0) ? [] : [`${lost.length} wishes are lost, and the exit code is ${code}`]),
    ...unnamed(rehearsal, way),
  ];
}

function unnamed({ gone }: Documents['rehearse'], { renames }: Way): string[] {
  const replacedBy = new Map(gone.map(({ symbol, replacedBy: by }) => [symbol, by]));
  const kept = renames.filter(([before]) => !replacedBy.has(before));
  const missed = renames.filter(([before, after]) => !(replacedBy.get(before)?.names.includes(after) ?? false));
  const named = renames.length - missed.length;
  const texts = missed.map(
    ([before, after]) => `${before} (${replacedBy.get(before)?.names.join(', ') ?? 'nothing'}, not ${after})`,
  );
  say(`  ${named} of ${renames.length} renamed options are named; not ${texts.join(', ')}`);
  return [
    ...kept.map(([before]) => `${before} is not told to be gone`),
    ...(named >= MOST_NAMED * renames.length ? [] : [`only ${named} of ${renames.length} renamed options are named`]),
  ];
}

async function main(): Promise<number> {
  let [passed, failed] = [0, 0];
  for (const way of values.ci ? [THERE] : [THERE, BACK]) {
    const started = performance.now();
    const tree = { kind: 'linux' as const, path: await linuxTree(way.from) };
    // Of 6.12 this conf writes the same as the kernel's own, and answers five times as fast.
    const host = await KernelHost.create({ tree, patches: wishesOf(way), kernel: { quickKconfig: true } });
    try {
      const wrong = await found(host, way);
      if (wrong.length === 0) passed++;
      else failed++;
      const seconds = ((performance.now() - started) / 1000).toFixed(0);
      say(`from ${way.from} to ${way.to}: ${wrong.length === 0 ? 'right' : wrong.join('; ')}, ${seconds} s`);
    } finally {
      await host.remove();
    }
  }
  say(`${passed} passed, ${failed} failed`);
  countForCi('rehearse', passed, failed);
  return failed === 0 ? 0 : 1;
}

if (values.help) say(HELP);
else process.exitCode = await main();
