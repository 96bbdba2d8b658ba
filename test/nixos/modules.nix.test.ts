import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadConfig } from '../../src/config/config.ts';
import { configSchema } from '../../src/config/configSchema.ts';
import { falloutd } from '../helpers/command.ts';
import { FlakeCopy, messageOf, valueOf } from '../helpers/flakeCopy.ts';
import { until } from '../helpers/kernelHost.ts';
import { listen } from '../helpers/notifyListener.ts';

const copy = new FlakeCopy();
afterAll(() => copy.remove());

const value = async <T>(expression: string): Promise<T> => valueOf(await copy.evaluate<T>(expression));
const message = async (expression: string): Promise<string> => messageOf(await copy.evaluate(expression));

const ATTRIBUTE = 'nixosConfigurations.laptop.config.system.build.kernel';
/** A configuration of the module with one target, `laptop`. */
const target = (keys: string): string => `{ settings.target.laptop = { attribute = "${ATTRIBUTE}"; ${keys} }; }`;
const ETC_NIXOS = target('flake = "/etc/nixos";');
const UNIT = '.systemd.services.falloutd';

const DESCRIPTION = 'falloutd: a NixOS kernel configuration, brought to its fixed point at each save';
/** A line of ExecStart of a module's unit. */
const START = expect.stringMatching(
  /^\/.+-falloutd\/bin\/falloutd watch --config \/.+-falloutd\.toml$/,
) as unknown as string;

type Service = Record<'serviceConfig' | 'environment', Record<string, unknown>>;

describe('services.falloutd of NixOS', () => {
  const HARDENED = {
    ProtectSystem: 'strict',
    NoNewPrivileges: true,
    PrivateTmp: true,
    ProtectClock: true,
    ProtectControlGroups: true,
    ProtectHostname: true,
    ProtectKernelLogs: true,
    ProtectKernelModules: true,
    ProtectKernelTunables: true,
    RestrictRealtime: true,
    RestrictSUIDSGID: true,
    LockPersonality: true,
  };
  const STARTED = {
    Type: 'notify',
    NotifyAccess: 'all',
    ExecStart: START,
    StateDirectory: 'falloutd',
    StateDirectoryMode: '0700',
    CacheDirectory: 'falloutd',
    CacheDirectoryMode: '0700',
    RuntimeDirectory: 'falloutd',
    Restart: 'on-failure',
    RestartSec: 10,
    RestartPreventExitStatus: '2 4',
    KillMode: 'mixed',
    TimeoutStopSec: 60,
  };

  it('is off by itself', async () => {
    expect(await value('(withModules [ flake.nixosModules.default ]).systemd.services')).toEqual({});
  });

  it('gives a unit for an /etc/nixos that belongs to root', async () => {
    expect(await value(`(nixos ${ETC_NIXOS})${UNIT}`)).toEqual({
      description: DESCRIPTION,
      wantedBy: ['multi-user.target'],
      after: ['network.target', 'nix-daemon.socket'],
      path: ['/run/current-system/sw'],
      environment: {
        XDG_CACHE_HOME: '/var/cache/falloutd',
        NIX_REMOTE: 'daemon',
        NIX_PATH: 'nixpkgs=/nix/var/nix/profiles/per-user/root/channels/nixos',
      },
      serviceConfig: {
        ...STARTED,
        ...HARDENED,
        User: 'root',
        SupplementaryGroups: [],
        ReadWritePaths: ['-/etc/nixos'],
      },
    });
  });

  it("gives a unit for a user's flakes, which a group may ask", async () => {
    const options = `{
      user = "alice";
      group = "wheel";
      settings.state = "~/falloutd";
      settings.target = {
        laptop = { flake = "~/nixos"; patches = "/srv/wishes/patches.nix"; managed = "~/nixos/kernel/fallout.nix"; attribute = "a"; };
        server = { file = "<nixpkgs/nixos>"; patches = "/etc/nixos/patches.nix"; attribute = "b"; };
      };
    }`;
    const { serviceConfig } = await value<Service>(`(nixos ${options})${UNIT}`);
    expect(serviceConfig).toEqual({
      ...STARTED,
      ...HARDENED,
      User: 'alice',
      SupplementaryGroups: ['wheel'],
      ReadWritePaths: [
        '-/home/alice/nixos',
        '-/srv/wishes',
        '-/home/alice/nixos/kernel',
        '-/etc/nixos',
        '-/home/alice/falloutd',
      ],
    });
  });

  it('puts the command into the PATH and the configuration where the command finds it', async () => {
    const [packages, etc, start] = await value<[string[], string, string]>(
      `let config = nixos ${ETC_NIXOS}; in [ (map toString config.environment.systemPackages) "\${config.environment.etc."falloutd/falloutd.toml".source}" config${UNIT}.serviceConfig.ExecStart ]`,
    );
    expect(start).toBe(`${packages[0] ?? ''}/bin/falloutd watch --config ${etc}`);
  });

  it('gives a unit in which systemd finds no fault', async () => {
    const unit = valueOf(await copy.build(`(nixos ${ETC_NIXOS}).systemd.units."falloutd.service".unit`));
    expect(await faultsIn('system', join(unit, 'falloutd.service'))).toEqual([]);
  });
});

describe.skipIf(!existsSync('/usr/bin/systemd-notify'))('the unit of NixOS, run as it says', () => {
  it('is ready, answers, and ends with 0', async () => {
    const host = join(copy.dir, 'host');
    mkdirSync(host);
    writeFileSync(join(host, 'flake.nix'), '{ outputs = _: { }; }\n');
    const options = `{ settings.state = "${join(copy.dir, 'state')}"; settings.target.laptop = { flake = "${host}"; attribute = "k"; }; }`;
    const { environment, serviceConfig } = await value<Service>(`(nixos ${options})${UNIT}`);
    valueOf(await copy.build('package'));
    valueOf(await copy.build(`(nixos ${options}).environment.etc."falloutd/falloutd.toml".source`));
    const notified = join(copy.dir, 'notify.sock');
    const manager = listen(notified);
    const told: string[] = [];
    manager.stdout.on('data', (chunk: Buffer) => told.push(...chunk.toString().trimEnd().split('\n')));
    await until(() => told.includes('listening'));
    const [command = '', ...args] = String(serviceConfig['ExecStart']).split(' ');
    const env = { ...environment, PATH: '/run/current-system/sw/bin', HOME: copy.dir, NOTIFY_SOCKET: notified };
    const running = execa(command, args, { env: env, extendEnv: false, reject: false });
    await until(() => told.includes('READY=1'));
    expect((await falloutd(['pause', ...args.slice(1)])).code).toBe(0);
    running.kill('SIGTERM');
    expect((await running).exitCode).toBe(0);
    expect(told).toContain('STOPPING=1');
    manager.kill();
    await manager;
  });
});

/** What systemd says of a unit; nothing where it has no systemd-analyze. */
async function faultsIn(kind: 'system' | 'user', unit: string): Promise<string[]> {
  if (!existsSync('/usr/bin/systemd-analyze')) return [];
  const args = [`--${kind}`, '--man=no', '--generators=no', 'verify', unit];
  const { stderr, exitCode } = await execa('systemd-analyze', args, {
    reject: false,
    env: { XDG_RUNTIME_DIR: '/tmp' },
  });
  const lines = stderr.split('\n').filter((line) => line.includes('falloutd'));
  return exitCode === 0 ? lines : [...lines, `exit code ${exitCode}`];
}

describe('services.falloutd of home-manager', () => {
  type Unit = Record<'Unit' | 'Service' | 'Install', Record<string, unknown>>;

  it('gives a unit', async () => {
    expect(await value(`(home ${target('flake = "~/nixos";')}).systemd.user.services.falloutd`)).toEqual({
      Unit: { Description: DESCRIPTION },
      Service: {
        Type: 'notify',
        NotifyAccess: 'all',
        ExecStart: START,
        Environment: [
          'PATH=%h/.nix-profile/bin:/etc/profiles/per-user/%u/bin:/nix/var/nix/profiles/default/bin:/run/current-system/sw/bin:/usr/local/bin:/usr/bin:/bin',
        ],
        Restart: 'on-failure',
        RestartSec: 10,
        RestartPreventExitStatus: '2 4',
        KillMode: 'mixed',
        TimeoutStopSec: 60,
        NoNewPrivileges: true,
        RestrictRealtime: true,
        RestrictSUIDSGID: true,
        LockPersonality: true,
      },
      Install: { WantedBy: ['default.target'] },
    });
  });

  it('gives a unit in which systemd finds no fault', async () => {
    const { Unit, Service, Install } = await value<Unit>(`(home ${ETC_NIXOS}).systemd.user.services.falloutd`);
    valueOf(await copy.build('package'));
    const lines = Object.entries({ Unit, Service, Install }).flatMap(([section, keys]) => [
      `[${section}]`,
      ...Object.entries(keys).flatMap(([key, each]) => [each].flat().map((one) => `${key}=${String(one)}`)),
    ]);
    mkdirSync(join(copy.dir, 'units'));
    const file = join(copy.dir, 'units/falloutd.service');
    writeFileSync(file, `${lines.join('\n')}\n`);
    expect(await faultsIn('user', file)).toEqual([]);
  });

  it('puts the configuration where the command finds it', async () => {
    const [link, start] = await value<[string, string]>(
      `let config = home ${ETC_NIXOS}; in [ "\${config.xdg.configFile."falloutd/falloutd.toml".source}" config.systemd.user.services.falloutd.Service.ExecStart ]`,
    );
    expect(start.endsWith(` --config ${link}`)).toBe(true);
  });
});

describe.each([
  ['nixos', '.environment.etc."falloutd/falloutd.toml".source'],
  ['home', '.xdg.configFile."falloutd/falloutd.toml".source'],
])('the settings of %s', (kind, toml) => {
  const isSound = kind === 'nixos' ? 'config.system.build.toplevel' : '[ ]';
  const configured = (options: string): string =>
    `let config = ${kind} ${options}; in builtins.seq ${isSound} config${toml}`;

  it('become a falloutd.toml that falloutd accepts', async () => {
    const every = `{ settings = {
      jobs = 2;
      notify = true;
      history = { transcripts = 0; transcript-size = 1.5; };
      hooks = { on-stable = "echo \\"stable\\" '\${toString 1}'"; timeout = 0.5; };
      nix.args = [ "--option" "max-jobs" "4" ];
      limits.config-build = 1800;
      target.laptop = {
        flake = "/etc/nixos";
        attribute = "${ATTRIBUTE}";
        managed = "/etc/nixos/fallout.nix";
        name = "mine";
        policy = "unset";
        pursue = [ "RTLWIFI" "ATH_COMMON" ];
        unknown = "block";
        max-iterations = 5;
        build = "when-stable";
        nix-args = [ "--impure" ];
      };
    }; }`;
    const file = valueOf(await copy.build(configured(every)));
    const config = loadConfig(file, undefined);
    expect(config).toMatchObject({
      stateDir: kind === 'nixos' ? '/var/lib/falloutd' : '/home/alice/.local/state/falloutd',
      jobs: 2,
      notify: true,
      transcripts: 0,
      hooks: { commands: { 'on-stable': `echo "stable" '1'` }, timeoutMs: 500 },
      targets: [
        {
          name: 'laptop',
          installable: { kind: 'flake', dir: '/etc/nixos' },
          patchesFile: '/etc/nixos/patches.nix',
          managedFile: '/etc/nixos/fallout.nix',
          managedName: 'mine',
          policy: 'unset',
          pursue: ['RTLWIFI', 'ATH_COMMON'],
          unknown: 'block',
          maxIterations: 5,
          build: 'when-stable',
          nixArgs: ['--option', 'max-jobs', '4', '--impure'],
          limits: { 'config-build': 1800 },
          transcriptLimit: 1.5 * (1 << 20),
        },
      ],
    });
  });

  it('that falloutd does not know fail when the file is built, in its own words', async () => {
    const misspelt = target('flake = "/etc/nixos"; polcy = "unset";');
    expect(messageOf(await copy.build(configured(misspelt)))).toMatch(
      /unknown key `target\.laptop\.polcy`[^]*did you mean `policy`\?/,
    );
    const both = target('flake = "/etc/nixos"; file = "/etc/nixos/default.nix";');
    expect(messageOf(await copy.build(configured(both)))).toContain('give either `flake` (a directory) or `file`');
  });

  it.each([
    ['jobs', '{ settings.jobs = "two"; }', 'null or positive integer'],
    ['notify', '{ settings.notify = "yes"; }', 'null or boolean'],
    ['history.transcripts', '{ settings.history.transcripts = -1; }', 'null or unsigned integer'],
    ['history.transcript-size', '{ settings.history.transcript-size = 300; }', 'null or number between 1 and 256'],
    ['hooks.on-stable', '{ settings.hooks.on-stable = [ "notify-send" ]; }', 'null or string'],
    ['limits.probe', '{ settings.limits.probe = 0; }', 'null or positive number'],
    ['nix.args', '{ settings.nix.args = "--impure"; }', 'null or list of string'],
    ['target.laptop.flake', target('flake = ./.;'), 'null or string'],
    ['target.laptop.name', target('flake = "/f"; name = "a b";'), 'null or string matching the pattern'],
    [
      'target.laptop.pursue',
      target('flake = "/f"; pursue = "some";'),
      'null or one of ["none","unclaimed","all"] or list of string',
    ],
    ['target.laptop.policy', target('flake = "/f"; policy = "keep";'), 'null or one of ["keep-wish","unset"]'],
  ])('have types: %s', async (key, options, type) => {
    const said = await message(
      `${kind} (lib.recursiveUpdate ${ETC_NIXOS} ${options})`.replace(/^/, 'toString (').concat(`)${toml}`),
    );
    expect(said).toContain(`A definition for option \`services.falloutd.settings.${key}' is not of type \`${type}`);
  });

  it('need an attribute', async () => {
    expect(await message(configured('{ settings.target.laptop.flake = "/etc/nixos"; }'))).toContain(
      "The option `services.falloutd.settings.target.laptop.attribute' was accessed but has no value defined.",
    );
  });
});

describe('the assertions', () => {
  const failed = async (options: string): Promise<string[]> => {
    const all = await value<{ assertion: boolean; message: string }[]>(`(nixos ${options}).assertions`);
    expect(await value(`(home ${options}).assertions`)).toEqual(all);
    return all.filter(({ assertion }) => !assertion).map((each) => each.message);
  };

  it('ask for a target, and for whole paths', async () => {
    expect(await failed(ETC_NIXOS)).toEqual([]);
    expect(await failed('{ }')).toEqual([
      'services.falloutd.settings.target has no table: falloutd needs a kernel to look after.',
    ]);
    expect(await failed(target('flake = "/etc/nixos"; managed = "fallout.nix";'))).toEqual([
      "services.falloutd.settings.target.laptop.managed is `fallout.nix': write the whole path, from / or ~/.",
    ]);
    // Without a flake, nobody knows where the wishes stand.
    expect(await failed(target('file = "<nixpkgs/nixos>";'))).toEqual([]);
  });
});

describe('the options', () => {
  type Tree = { [key: string]: Tree | { description: string; type: string } };
  type Schema = { description?: string; properties?: Record<string, Schema>; additionalProperties?: Schema | false };

  it("are the keys of falloutd's own schema, each with its type and description", async () => {
    const keysOf = ({ properties, additionalProperties }: Schema): Tree =>
      Object.fromEntries(
        Object.entries(properties ?? (additionalProperties as Schema).properties ?? {}).map(([key, schema]) => [
          key,
          schema.properties === undefined && typeof schema.additionalProperties !== 'object'
            ? {
                description: expect.stringContaining(schema.description ?? 'a description is missing') as string,
                type: expect.any(String) as string,
              }
            : keysOf(schema),
        ]),
      );
    const options = await value<Tree>(
      `let
        tree = type:
          if type ? module then builtins.mapAttrs (_: option: if option.type ? module || option.type ? element then tree option.type else { inherit (option) description; type = option.type.description; }) type.module.options
          else tree type.element;
      in tree (withModules [ flake.nixosModules.default ] // (lib.nixosSystem { modules = [ flake.nixosModules.default ]; })).options.services.falloutd.settings.type`,
    );
    expect(options).toEqual(keysOf(z.toJSONSchema(configSchema, { io: 'input' }) as Schema));
  });
});

describe('the units for other distributions', () => {
  /** The keys of a unit's [Service] section; of several lines of one key, all. */
  function serviceKeys(text: string): Record<string, string[]> {
    const lines = text.slice(text.indexOf('[Service]'), text.indexOf('[Install]')).split('\n');
    const found: Record<string, string[]> = {};
    for (const line of lines) {
      const [, key = '', each = ''] = /^(\w+)=(.*)$/.exec(line) ?? [];
      if (key !== '') (found[key] ??= []).push(each);
    }
    return found;
  }
  const shipped = (kind: string): Record<string, string[]> =>
    serviceKeys(
      readFileSync(fileURLToPath(new URL(`../../config/systemd/${kind}/falloutd.service`, import.meta.url)), 'utf8'),
    );
  /** What differs: where the command and the configuration are, and what the environment has to say about that. */
  const apart = ({ ExecStart, Environment, ...rest }: Record<string, unknown>): Record<string, unknown> => {
    expect([ExecStart, Environment]).not.toContain(undefined);
    return rest;
  };

  it('say the same as the modules', async () => {
    const text = await value<string>(`(nixos ${ETC_NIXOS}).systemd.units."falloutd.service".text`);
    expect(apart(shipped('system'))).toEqual(apart(serviceKeys(text)));
    const { Service } = await value<Record<'Service', Record<string, unknown>>>(
      `(home ${ETC_NIXOS}).systemd.user.services.falloutd`,
    );
    const lines = Object.entries(apart(Service)).map(([key, each]) => [key, [String(each)]]);
    expect(apart(shipped('user'))).toEqual(Object.fromEntries(lines));
  });
});
