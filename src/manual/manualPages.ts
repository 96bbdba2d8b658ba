import type { CommandTable, OptionTable } from '../completion/commandTable.ts';
import { roffItem, roffTerm, roffText } from './roff.ts';

/** falloutd(1): a template, in which `@OPTIONS@` and `@COMMANDS@` stand for what the commands say of themselves. */
export function commandsPage(template: string, falloutd: CommandTable, version: string): string {
  return filled(template, version, {
    OPTIONS: falloutd.options.map(optionItem).join(''),
    COMMANDS: [...new Set(falloutd.commands.map(({ group }) => group))]
      .map((group) => {
        const commands = falloutd.commands.filter((command) => command.group === group);
        return `.SS ${roffText(group)}\n${commands.map((each) => commandItem(each)).join('')}`;
      })
      .join(''),
  });
}

/** A command with its arguments and options; below it the commands that it has in turn, without the options that all of them have. */
function commandItem(command: CommandTable, above = '', shared: readonly string[] = []): string {
  const name = `${above}${command.name}`;
  const commands = command.commands.filter((each) => each.name !== 'help');
  const [first, ...others] = commands.map(ownOptions);
  const inAll = (first ?? []).filter(({ term }) =>
    others.every((options) => options.some((each) => each.term === term)),
  );
  const known = inAll.map(({ term }) => term);
  const details = [
    ...command.arguments
      .filter(({ description }) => description !== '')
      .map(({ term, description }) => roffItem(roffTerm(term), sentence(description))),
    ...[...ownOptions(command), ...inAll].filter(({ term }) => !shared.includes(term)).map(optionItem),
  ];
  const terms = command.arguments.map(({ term }) => ` ${roffTerm(term)}`).join('');
  return [
    roffItem(`\\fB${roffText(name)}\\fR${terms}`, sentence(command.description)),
    ...(details.length === 0 ? [] : ['.RS\n', ...details, '.RE\n']),
    ...commands.map((each) => commandItem(each, `${name} `, known)),
  ].join('');
}

const ownOptions = ({ options }: CommandTable): OptionTable[] =>
  options.filter(({ names }) => !names.includes('--help'));

function optionItem({ term, description }: OptionTable): string {
  return roffItem(roffTerm(term), sentence(description));
}

/** What of the JSON Schema of falloutd.toml the manual shows. */
export type KeySchema = {
  type?: string;
  description?: string;
  default?: unknown;
  enum?: readonly string[];
  items?: KeySchema;
  properties?: Readonly<Record<string, KeySchema>>;
  required?: readonly string[];
  additionalProperties?: KeySchema | false;
};

/** falloutd.toml(5): a template, in which `@KEYS@` stands for what the schema says of each key, table by table. */
export function configPage(template: string, schema: KeySchema, version: string): string {
  const keys = Object.entries(schema.properties ?? {});
  const isTable = ([, { type }]: [string, KeySchema]): boolean => type === 'object';
  const tables = keys.filter(isTable).map(([name, table]) => {
    // Each target has a table of its own.
    const named = typeof table.additionalProperties === 'object' ? table.additionalProperties : null;
    const title = named === null ? `[${name}]` : `[${name}.NAME]`;
    return `.SS ${roffText(title)}\n${roffText(table.description ?? '')}\n${keyItems(named ?? table)}`;
  });
  const atTheTop = Object.fromEntries(keys.filter((key) => !isTable(key)));
  return filled(template, version, {
    KEYS: `.SS At the top\n${keyItems({ properties: atTheTop })}${tables.join('')}`,
  });
}

function keyItems({ properties = {}, required = [] }: KeySchema): string {
  return Object.entries(properties)
    .map(([name, key]) => {
      const about = [typeText(key), ...(required.includes(name) ? ['required'] : []), ...defaultText(key)];
      return roffItem(`\\fB${roffText(name)}\\fR (${roffText(about.join(', '))})`, key.description ?? '');
    })
    .join('');
}

function typeText({ type = '', enum: values, items }: KeySchema): string {
  if (values !== undefined) return values.map((value) => JSON.stringify(value)).join(' or ');
  return items === undefined ? type : `list of ${items.type ?? ''}s`;
}

function defaultText({ default: value }: KeySchema): string[] {
  return value === undefined ? [] : [`default ${JSON.stringify(value)}`];
}

/** The descriptions of `--help` are no sentences; those of a page are. */
function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? '' : '.'}`;
}

/** @throws Error for a template that misses a place, or has one that nothing fills. */
function filled(template: string, version: string, parts: Readonly<Record<string, string>>): string {
  const used = new Set<string>();
  const page = template.replace(/^@([A-Z]+)@\n/gm, (_, name: string) => {
    used.add(name);
    return parts[name] ?? '';
  });
  const missed = Object.keys(parts).filter((name) => !used.has(name));
  const unknown = [...used].filter((name) => !(name in parts));
  if (missed.length + unknown.length > 0)
    throw new Error(`a manual page's template: missing ${missed.join(', ')}; unknown ${unknown.join(', ')}`);
  return page.replaceAll('@VERSION@', roffText(version));
}
