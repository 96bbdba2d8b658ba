/** The folders of `src` as a stack: each may import those above it in this list, and itself. */
const STACK = [
  'model',
  'system',
  'kconfig',
  'nixfile',
  'managed',
  'script',
  'nix',
  'fallout',
  'kernel',
  'generate',
  'config',
  'state',
  'completion',
  'run',
  'build',
  'report',
  'daemon',
  'setup',
  'cli',
  'manual',
];

/** The same within the Kconfig engine. */
const ENGINE = ['syntax', 'tree', 'values', 'conf', 'explain', 'remedy'];

/**
 * @param {string} parent
 * @param {string[]} folders
 */
const downwards = (parent, folders) =>
  folders.slice(0, -1).map((folder, index) => ({
    name: `${folder}-imports-only-what-stands-above-it`,
    severity: 'error',
    from: { path: `^${parent}/${folder}/` },
    to: { path: `^${parent}/(${[...folders.slice(index + 1)].join('|')})/` },
  }));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
    ...downwards('src', STACK),
    ...downwards('src/kconfig', ENGINE),
    {
      name: 'kconfig-stands-alone',
      comment: 'The engine can be published on its own.',
      severity: 'error',
      from: { path: '^src/kconfig/' },
      to: { pathNot: '^src/kconfig/', dependencyTypesNot: ['core'] },
    },
    {
      name: 'fallout-knows-nothing-of-nix',
      comment: 'The engine feeds it as well as a build does.',
      severity: 'error',
      from: { path: '^src/fallout/' },
      to: { path: '^src/nix/' },
    },
    {
      name: 'text-is-for-the-command-line',
      severity: 'error',
      from: { path: '^src/(?!cli/|report/text/)' },
      to: { path: '^src/report/text/' },
    },
    {
      name: 'main-starts-and-nothing-else',
      severity: 'error',
      from: {},
      to: { path: '^src/main\\.ts$' },
    },
    {
      name: 'nothing-of-the-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^test/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
