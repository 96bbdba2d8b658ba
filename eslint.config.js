import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const DATABASES = { name: 'better-sqlite3', allowTypeImports: true, message: 'src/state/sqlite.ts opens databases' };

/** What opens a file for reading. */
const READERS = ['readFile', 'readFileSync', 'open', 'openSync', 'createReadStream'];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'state/', 'src/nixfile/grammar/parser*.js'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js', 'vitest.config.ts'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-definitions': 'off',
    },
  },
  {
    // The engine can be published on its own: it imports nothing from outside of its folder but Node's own modules.
    files: ['src/kconfig/**'],
    ignores: ['src/kconfig/syntax/regularFile.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^(?!node:|\\.)', message: 'src/kconfig stands on its own' },
            { regex: '^node:fs', importNames: READERS, message: 'src/kconfig/syntax/regularFile.ts reads files' },
          ],
        },
      ],
    },
  },
  {
    // What it makes must be kept for ever: src/state/sqlite.ts says why.
    files: ['src/**', 'test/**'],
    ignores: ['src/state/sqlite.ts', 'src/kconfig/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { paths: [DATABASES] }],
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.property.name='pragma']",
          message: 'its statement is left to the garbage collector: exec or prepareStatement',
        },
      ],
    },
  },
  {
    // Opening a FIFO waits for ever, and reading a device never ends.
    files: ['src/**/*.ts'],
    ignores: [
      'src/state/sqlite.ts',
      'src/kconfig/**',
      'src/system/{wholeFile,givenStream,replaceFile,processTable}.ts',
      'src/daemon/address.ts',
    ],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: [DATABASES],
          patterns: [{ regex: '^node:fs', importNames: READERS, message: 'src/system/wholeFile.ts reads files' }],
        },
      ],
    },
  },
  {
    // A fixture of vitest that uses no other one has to say so by `({}, …)`.
    files: ['test/**'],
    rules: { 'no-empty-pattern': ['error', { allowObjectPatternsAsParameters: true }] },
  },
  { files: ['**/*.js', '**/*.mjs'], ...tseslint.configs.disableTypeChecked },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: { console: 'readonly', performance: 'readonly', process: 'readonly', URL: 'readonly' },
    },
  },
);
