/** Random Nix files with a managed patch in them, in every spelling that the language allows. */
import type { Choices } from './choices.ts';

/** Names that stand for something everywhere, so that Nix itself accepts the file. */
const GLOBALS = ['lib', 'true', 'null', 'builtins', 'map', 'toString', 'false'];

class Writer {
  readonly #c: Choices;
  readonly #eol: string;
  #names = 0;
  #left = 120;

  constructor(choices: Choices, eol: string) {
    this.#c = choices;
    this.#eol = eol;
  }

  /** A name that no other place of the file uses. */
  name(): string {
    return this.#c.pick(['x', "a'", 'b-c', '_', 'X', 'or_']) + String(this.#names++);
  }

  /** What may stand between two tokens. */
  gap(): string {
    const c = this.#c;
    if (!c.oneIn(6)) return ' ';
    const eol = this.#eol;
    return c.pick([
      eol,
      '\t',
      `${eol}    `,
      ` # plain${eol}`,
      ' /* block */ ',
      ` # 🐧 ∀ "''\${ { [ (${eol}`,
      ' /* two * stars ** / \' " ${ **/ ',
      ` /*${eol}# falloutd: begin fallout${eol}*/ `,
      ` #${eol}`,
      ` # text falloutd: end fallout${eol}`,
      `${eol}  # falloutd: begins fallout${eol}`,
      ' /**/ ',
      ` #! # #${eol}\t`,
      ` # ${'long '.repeat(c.below(60))}${eol}`,
    ]);
  }

  join(...parts: string[]): string {
    return parts.map((part, index) => (index === 0 ? part : this.gap() + part)).join('');
  }

  /** An expression that can stand beside an operator or in a list. */
  operand(scope: readonly string[]): string {
    const c = this.#c;
    if (!c.more || this.#left-- <= 0) return c.pick(scope);
    switch (c.below(11)) {
      case 0:
        return c.pick(scope);
      case 1:
        return c.pick(['1', '0', '007', '1.5', '.5', '1.e3', '2.5E-7']);
      case 2:
        return this.string(scope);
      case 3:
        return this.indented(scope);
      case 4:
        return this.path(scope);
      case 5:
        return this.list(scope);
      case 6:
      case 7:
        return this.set(scope);
      case 8:
        return (
          this.join(this.operand(scope), '.', this.attribute(scope)) +
          (c.oneIn(3) ? `${this.gap()}or${this.gap()}${this.operand(scope)}` : '')
        );
      case 9:
        return c.pick(['https://example.org/a?b=c&d=%20*', 'x:y', "git+ssh://h/p''"]);
      default:
        return `(${this.gap()}${this.expression(scope)}${this.gap()})`;
    }
  }

  expression(scope: readonly string[]): string {
    const c = this.#c;
    if (!c.more || this.#left-- <= 0) return this.operand(scope);
    switch (c.below(10)) {
      case 0:
      case 1:
      case 2:
        return this.operand(scope);
      case 3:
        return this.lambda(scope);
      case 4:
        return this.let(scope);
      case 5:
        return this.join('with', this.operand(scope), ';', this.expression(scope));
      case 6:
        return this.join('if', this.expression(scope), 'then', this.expression(scope), 'else', this.expression(scope));
      case 7:
        return this.join('assert', this.expression(scope), ';', this.expression(scope));
      case 8:
        return this.join(c.pick(['!', '-']), this.operand(scope));
      default:
        return this.operation(scope);
    }
  }

  operation(scope: readonly string[]): string {
    const operator = this.#c.pick(['++', '+', '//', '==', '<', '>=', '&&', '||', '->', '*', '/', '?', '!=', '']);
    if (operator === '?') return this.join(this.operand(scope), '?', this.attribute(scope));
    return operator === ''
      ? this.join(this.operand(scope), this.operand(scope))
      : this.join(this.operand(scope), operator, this.operand(scope));
  }

  lambda(scope: readonly string[]): string {
    const [x, y, all] = [this.name(), this.name(), this.name()];
    const inner = [...scope, x];
    switch (this.#c.below(4)) {
      case 0:
        return this.join(`${x}:`, this.expression(inner));
      case 1:
        return this.join('{', x, ',', y, '?', this.expression(inner), ',', '...', '}:', this.expression([...inner, y]));
      case 2:
        return this.join(`${all}@{`, x, '}', ':', this.expression([...inner, all]));
      default:
        return this.join('{', x, '}@', all, ':', this.expression([...inner, all]));
    }
  }

  let(scope: readonly string[]): string {
    const names = this.#c.times(0, 2, () => this.name());
    const inner = [...scope, ...names];
    return this.join(
      'let',
      ...names.map((name) => this.join(name, '=', this.expression(inner), ';')),
      'in',
      this.expression(inner),
    );
  }

  string(scope: readonly string[]): string {
    const pieces = this.#c.times(0, 4, () =>
      this.#c.pick([
        'text',
        '\\"',
        '\\\\',
        '$',
        '$$',
        '\\${',
        "''",
        '# no comment',
        '/* none */',
        '🐧',
        '\\n',
        this.#eol,
        '\t',
        "'",
        '$${',
        '{ } [ ]',
        '# falloutd: end fallout',
        `${this.#eol}# falloutd: begin fallout${this.#eol}`,
      ]),
    );
    return `"${joined(this.#withAntiquotations(pieces, scope))}"`;
  }

  indented(scope: readonly string[]): string {
    const pieces = this.#c.times(0, 4, () =>
      this.#c.pick([
        'text',
        "'''",
        "''${",
        '$',
        '$$',
        "''\\n",
        "' ",
        '"',
        '# none',
        '/* none */',
        '🐧',
        `${this.#eol}  `,
        '\t',
        "''\\'",
        '$${',
        `${this.#eol}    # falloutd: begin fallout${this.#eol}`,
        `${this.#eol}# falloutd: end fallout${this.#eol}`,
      ]),
    );
    return `''${joined(this.#withAntiquotations(pieces, scope))}''`;
  }

  #withAntiquotations(pieces: readonly string[], scope: readonly string[]): string[] {
    return pieces.flatMap((piece) =>
      this.#c.oneIn(4) ? [piece, `\${${this.gap()}${this.expression(scope)}${this.gap()}}`] : [piece],
    );
  }

  path(scope: readonly string[]): string {
    return this.#c.pick([
      './a.nix',
      '../x/b_c.nix',
      '/abs/path',
      '~/home',
      '<nixpkgs>',
      '<nixpkgs/lib>',
      `./p/\${${this.#c.pick(scope)}}/q`,
      'a/b+c',
      './.',
    ]);
  }

  list(scope: readonly string[]): string {
    return this.join('[', ...this.#c.times(0, 3, () => this.operand(scope)), ']');
  }

  set(scope: readonly string[]): string {
    const c = this.#c;
    const binds = c.times(0, 3, () => {
      if (c.oneIn(5))
        return this.join(
          'inherit',
          ...(c.oneIn(2) ? [`(${this.expression(scope)})`] : []),
          ...(c.oneIn(2) ? ['lib'] : []),
          ';',
        );
      return this.join(this.attribute(scope), '=', this.expression(scope), ';');
    });
    // Two that bind one name Nix refuses.
    const unique = binds.filter(
      (bind, index) => !bind.startsWith('inherit') || binds.findIndex((each) => each.startsWith('inherit')) === index,
    );
    return this.join(...(c.oneIn(5) ? ['rec'] : []), '{', ...unique, '}');
  }

  attribute(scope: readonly string[]): string {
    switch (this.#c.below(6)) {
      case 0:
        return `"${this.name()} \\" \${"x"}"`;
      case 1:
        return this.join(this.name(), '.', this.name());
      case 2:
        return `\${${this.join('toString', this.operand(scope))}}`;
      case 3:
        return `"${this.name()}"`;
      default:
        return this.name();
    }
  }

  /** The patch between the markers: an attribute set with settings, everything else as it comes. */
  patch(): string {
    const c = this.#c;
    const parts = [this.join('name', '=', '"fallout"', ';'), this.join('patch', '=', 'null', ';'), this.#settings()];
    if (c.oneIn(4))
      parts.push(
        this.join(
          'extraConfig',
          '=',
          c.pick([
            "''\n    FOO? y\n    BAR 8\n  ''",
            '"FOO n\\n"',
            '""',
            "''''",
            "''FOO y''",
            '"# nothing\\n\\tX m\\n"',
          ]),
          ';',
        ),
      );
    if (c.oneIn(5)) parts.push(this.join(this.name(), '=', this.operand(GLOBALS), ';'));
    // In any order.
    for (let i = parts.length - 1; i > 0; i--) {
      const j = c.below(i + 1);
      [parts[i], parts[j]] = [parts[j] ?? '', parts[i] ?? ''];
    }
    return this.join('{', ...parts, '}');
  }

  #settings(): string {
    const c = this.#c;
    const symbols = c.times(0, 5, (index) => {
      const symbol = `${c.pick(['RTLWIFI', 'DRM', '9P_FS', 'Z', 'if', 'A'])}${index === 0 ? '' : `_${index}`}`;
      return /^(?:9|if$)/.test(symbol) ? `"${symbol}"` : symbol;
    });
    const binds = symbols.map((symbol) =>
      this.join(symbol, '=', this.#value(), `;${c.oneIn(4) ? ` # wanted n, got m 🐧${this.#eol}` : ''}`),
    );
    const set = this.join('{', ...binds, '}');
    const opened = c.pick([
      'with lib.kernel;',
      'with lib.kernel;',
      '',
      'with lib; with kernel;',
      "let y' = 1; in with lib.kernel;",
    ]);
    return this.join(
      c.pick(['structuredExtraConfig', 'structuredExtraConfig', 'extraStructuredConfig']),
      '=',
      ...(opened === '' ? [] : [opened]),
      c.oneIn(5) ? `(${set})` : set,
      ';',
    );
  }

  #value(): string {
    const c = this.#c;
    const plain = `lib.kernel.${c.pick(['yes', 'no', 'module', 'unset', 'freeform "8"', "freeform ''0x20''", 'freeform "\\${x}"'])}`;
    const asked = c.oneIn(2) ? `(lib.kernel.option (${plain}))` : `(${plain})`;
    if (c.oneIn(8)) return this.operand(GLOBALS);
    return c.pick([
      `lib.mkOverride${this.gap()}40${this.gap()}${asked}`,
      `lib.mkForce ${asked}`,
      asked,
      `lib.mkOverride (-1) ${asked}`,
      `((lib.mkOverride) 7 ${asked})`,
    ]);
  }
}

/** Pieces of a string; a dollar or a quote before the next piece would begin what was not meant. */
function joined(pieces: readonly string[]): string {
  return pieces
    .reduce(
      (text, piece) =>
        text +
        (/\$$/.test(text) && /^[{$'"\\]/.test(piece) ? ' ' : '') +
        (/'$/.test(text) && /^['$]/.test(piece) ? ' ' : '') +
        piece,
      '',
    )
    .replace(/[$']$/, '$& ');
}

const WRAPS: readonly ((patch: string) => string)[] = [
  (patch) => patch,
  (patch) => patch,
  (patch) => `(${patch})`,
  (patch) => `(with lib; ${patch})`,
  (patch) => `(let in ${patch})`,
];

/** A whole file: a function of `lib` to a list, a set or a module with patches, the managed one among them. */
export function nixFile(c: Choices): string {
  const eol = c.pick(['\n', '\n', '\r\n']);
  const w = new Writer(c, eol);
  const indent = c.pick(['  ', '\t', '', '      ']);
  const wrapped = c.pick(WRAPS)(w.patch());
  const shape = c.below(7);
  const between = shape === 4 ? `fallout = ${wrapped};` : shape === 5 ? `++ [ ${wrapped} ]` : wrapped;
  const block = `${eol}${c.oneIn(6) ? eol : ''}${indent}${between}${c.oneIn(5) ? ' ' : ''}${c.oneIn(6) ? ` # behind${eol}` : ''}${eol}${indent}`;
  const marked = `${eol}${indent}# falloutd: begin fallout${block}# falloutd: end fallout${eol}`;
  const others = (): string => c.times(0, 3, () => w.operand(GLOBALS)).join(w.gap());
  const body = (): string => {
    switch (shape) {
      case 0:
        return `[${w.gap()}${others()}${marked}${others()}]`;
      case 1:
        return w.join('let', w.name(), '=', w.expression(GLOBALS), ';', 'in', `[${others()}${marked}]`);
      case 2:
        return w.join(
          'rec',
          '{',
          w.name(),
          '=',
          w.expression(GLOBALS),
          ';',
          'all',
          '=',
          `[${others()}${marked}]`,
          ';',
          '}',
        );
      case 3:
        return w.join(
          '{',
          'boot.kernelPatches',
          '=',
          `[${marked}${others()}]`,
          ';',
          w.name(),
          '=',
          w.expression(GLOBALS),
          ';',
          '}',
        );
      case 4:
        return w.join(
          'rec',
          `{${marked}`,
          w.name(),
          '=',
          w.expression(GLOBALS),
          ';',
          'all',
          '=',
          '[ fallout ]',
          ';',
          '}',
        );
      case 5:
        return w.join('with', 'lib', ';', `[ ${others()} ]${marked}`);
      default:
        return marked;
    }
  };
  const head = `${c.oneIn(8) ? '\ufeff' : ''}${c.oneIn(2) ? w.gap() : ''}`;
  return head + w.join('{', 'lib', ',', '...', '}', ':') + w.gap() + body() + (c.oneIn(3) ? '' : eol);
}
