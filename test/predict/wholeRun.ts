/** falloutd as its users call it, on a derivation as it is: `predict`, then `once`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EntryChange } from '../../src/model/entry.ts';
import type { Documents } from '../../src/report/data/documentSchemas.ts';
import { falloutd } from '../helpers/command.ts';
import type { KernelHost } from '../helpers/kernelHost.ts';
import { differences, lostOf, outcomeText } from './comparison.ts';

/** The differences between what `falloutd predict` says of these patches and what `falloutd once` then makes of them. */
export async function comparedWhole(host: KernelHost, patches: string): Promise<string[]> {
  await host.save(patches);
  const folder = await host.scratch('whole');
  const [predictedFile, builtFile] = [join(folder, 'predicted'), join(folder, 'built')];
  const predict = await saidBy(host, 'predict', '--json', '--output', predictedFile);
  const predicted = JSON.parse(predict) as Documents['predict'];
  const built = JSON.parse(await saidBy(host, 'once', '--json')) as Documents['run'];
  await saidBy(host, 'config', '--output', builtFile);
  return differences(
    {
      outcome: outcomeText(predicted.outcome),
      dotConfig: readFileSync(predictedFile, 'utf8'),
      fallout: [],
      entries: entriesAfter(predicted.entries),
      lost: lostOf(predicted),
    },
    {
      outcome: outcomeText(built.outcome),
      dotConfig: readFileSync(builtFile, 'utf8'),
      fallout: [],
      entries: entriesAfter(built.iterations.flatMap(({ entries }) => entries)),
      lost: lostOf(built),
    },
  );
}

async function saidBy(host: KernelHost, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await falloutd([...args, '--config', host.host.configFile]);
  if (code !== 0) throw new Error(`falloutd ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
  return stdout;
}

function entriesAfter(changes: readonly EntryChange[]): string[] {
  const last = new Map(changes.map(({ symbol, to }) => [symbol, to]));
  return [...last].flatMap(([symbol, to]) => (to === null ? [] : `${symbol} ${to}`)).sort();
}
