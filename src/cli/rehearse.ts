import { InvalidArgumentError, type Command } from '@commander-js/extra-typings';
import type { Config, Target } from '../config/config.ts';
import { UsageError } from '../model/errors.ts';
import type { Rehearsal } from '../model/rehearsal.ts';
import { kernelAttribute } from '../nix/installable.ts';
import { lockedInputs, otherInput, otherInputArguments, type OtherInput } from '../nix/otherInputs.ts';
import { rehearsalLines } from '../report/text/rehearsalLines.ts';
import { rehearse } from '../run/rehearse.ts';
import { configAndTarget } from './commandLine.ts';
import { lookAtTarget } from './lookAtTarget.ts';
import { printText, render } from './output.ts';
import { INTERRUPTED } from './runExitCode.ts';

type RehearseOptions = {
  overrideInput: OtherInput[];
  attribute?: string | undefined;
  build: boolean;
  all: boolean;
  json: boolean;
};

/** `falloutd rehearse`: what another nixpkgs or kernel does to a target. @returns the exit code: 1 where a wish would be lost. */
async function rehearseTarget(config: Config, target: Target, options: RehearseOptions): Promise<number> {
  const { build, all, json } = options;
  const other = otherTarget(target, options);
  const rehearsal = await lookAtTarget(config, async (history, looking) =>
    rehearse(target, other, history, { ...looking, builds: build }),
  );
  if (rehearsal === null) return INTERRUPTED;
  printText((look) => render(rehearsal, { json, style: look }, (data, style) => rehearsalLines(data, { all }, style)));
  return exitCodeOf(rehearsal);
}

function exitCodeOf({ next, lost, verified }: Rehearsal): number {
  if (next.outcome.kind === 'blocked') return 3;
  const isFine = next.outcome.kind === 'stable' && lost.length === 0 && verified?.kind !== 'otherwise';
  return isFine ? 0 : 1;
}

/** The target with the other inputs, or as another attribute. @throws UsageError where neither is named, or an input that the flake lacks. */
function otherTarget(target: Target, { overrideInput: others, attribute }: RehearseOptions): Target {
  const { installable } = target;
  const inputs = lockedInputs(installable);
  if (others.length === 0 && attribute === undefined) throw nothingOther(inputs);
  if (others.length > 0 && installable.kind !== 'flake')
    throw new UsageError({
      message: '--override-input needs a flake',
      hint: 'without one, name another kernel with --attribute, or another nixpkgs in `nix-args` of falloutd.toml',
    });
  for (const { input } of others)
    if (inputs !== null && !inputs.includes(input.replace(/\/.*/, '')))
      throw new UsageError({ message: `the flake has no input \`${input}\``, hint: `there are: ${inputs.join(', ')}` });
  return {
    ...target,
    installable: { ...installable, ...(attribute !== undefined && { attribute: kernelAttribute(attribute) }) },
    nixArgs: [...target.nixArgs, ...otherInputArguments(others)],
  };
}

function nothingOther(inputs: readonly string[] | null): UsageError {
  const input = inputs === null || inputs.includes('nixpkgs') ? 'nixpkgs' : (inputs[0] ?? 'nixpkgs');
  const reference = input === 'nixpkgs' ? 'github:NixOS/nixpkgs/nixos-unstable' : 'REFERENCE';
  const known = inputs === null || inputs.length === 0 ? [] : [`flake.lock has the inputs ${inputs.join(', ')}`];
  const hints = [
    ...known,
    `falloutd rehearse --override-input ${input}=${reference}`,
    'falloutd rehearse --attribute nixosConfigurations.OTHER.config.system.build.kernel',
  ];
  return new UsageError({ message: 'name another input, or another kernel, to rehearse with', hint: hints.join('\n') });
}

/** Takes one more `NAME=REFERENCE`. */
function collected(text: string, before: OtherInput[]): OtherInput[] {
  const other = otherInput(text, process.cwd());
  if (other === null) throw new InvalidArgumentError('Give it as NAME=REFERENCE.');
  return [...before, other];
}

/** The arguments of `falloutd rehearse`. */
export function rehearseCommand(command: Command): void {
  command
    .description('what another nixpkgs or kernel does to this host, before you update')
    .option(
      '--override-input <name=reference>',
      'another flake for an input; may be given several times',
      collected,
      [],
    )
    .option('--attribute <attribute>', 'another kernel of the flake')
    .option('--build', 'verify the prediction by a config build')
    .option('--all', 'everything, not only the first of each')
    .option('--json', 'print JSON')
    .action(async ({ overrideInput, attribute, build = false, all = false, json = false }, self) => {
      const options = { overrideInput, attribute, build, all, json };
      process.exitCode = await rehearseTarget(...(await configAndTarget(self)), options);
    });
}
