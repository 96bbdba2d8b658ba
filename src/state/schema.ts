/**
 * The database as SQL: a list of steps, each of which takes `user_version` one further. A step that
 * has been released is never edited; a change is a new step at the end.
 *
 * The comments stand inside the statements, so that `sqlite3 falloutd.db .schema` shows them.
 */

const TABLES = /* sql */ `
CREATE TABLE runs (
  -- One run: the iterations from one cause (a saved edit, a command, a start).
  run         INTEGER PRIMARY KEY,
  target      TEXT NOT NULL,
  cause       TEXT NOT NULL,            -- start | save | command | retry
  started_at  TEXT NOT NULL,            -- ISO 8601, UTC; so are all times here
  duration_ms INTEGER,                  -- NULL while the run goes on
  detail      TEXT,                     -- the outcome as JSON; NULL while the run goes on
  outcome     TEXT GENERATED ALWAYS AS (detail ->> '$.kind') STORED,
                                        -- stable | blocked | stalled | infrastructure | superseded | interrupted
  absorbed    INTEGER NOT NULL DEFAULT 0 -- entries gained over the run, net
) STRICT;
CREATE INDEX runs_of_target ON runs (target, run);
CREATE INDEX runs_judged ON runs (target, run) WHERE outcome IN ('stable', 'stalled');
CREATE INDEX runs_unfinished ON runs (run) WHERE detail IS NULL;

CREATE TABLE patches (
  -- Contents of the user's files, by the SHA-256 of the exact bytes.
  sha256  TEXT PRIMARY KEY,
  bytes   INTEGER NOT NULL,             -- length before compression
  content BLOB NOT NULL                 -- gzip
) STRICT;

CREATE TABLE configs (
  -- Resulting .config files, by SHA-256.
  sha256  TEXT PRIMARY KEY,
  bytes   INTEGER NOT NULL,
  content BLOB NOT NULL                 -- gzip
) STRICT;

CREATE TABLE settings (
  -- Requested settings (JSON, symbol to tristate, freeform and optional), by the SHA-256 of the text.
  sha256  TEXT PRIMARY KEY,
  bytes   INTEGER NOT NULL,
  content BLOB NOT NULL                 -- gzip
) STRICT;

CREATE TABLE iterations (
  -- One config build and what followed; also an evaluation that ended before a build.
  iteration       INTEGER PRIMARY KEY,
  run             INTEGER NOT NULL REFERENCES runs (run),
  started_at      TEXT NOT NULL,
  duration_ms     INTEGER NOT NULL DEFAULT 0,
  evaluate_ms     INTEGER NOT NULL DEFAULT 0,
  build_ms        INTEGER NOT NULL DEFAULT 0,
  probe           INTEGER NOT NULL DEFAULT 0, -- 1: built with falloutd's own answering script
  outcome         TEXT,                 -- green | fallout | conflict | blocked | infrastructure | cancelled; NULL while it goes on
  drv_path        TEXT,
  questions       INTEGER,              -- how many questions kconfig asked
  patches_sha256  TEXT REFERENCES patches (sha256),
  config_sha256   TEXT REFERENCES configs (sha256),
  settings_sha256 TEXT REFERENCES settings (sha256)
) STRICT;
CREATE INDEX iterations_of_run ON iterations (run, iteration);
CREATE INDEX iterations_judged ON iterations (drv_path, iteration) WHERE outcome IN ('green', 'fallout');
CREATE INDEX iterations_unfinished ON iterations (iteration) WHERE outcome IS NULL;

CREATE TABLE fallout (
  -- The intents that an iteration did not honour.
  iteration INTEGER NOT NULL REFERENCES iterations (iteration),
  seq       INTEGER NOT NULL,           -- the order in which the iteration listed them
  kind      TEXT NOT NULL,              -- unused | value | repeated | choice | conflict | unknown | silent | overridden | clamped
  symbol    TEXT NOT NULL,
  wanted    TEXT,
  got       TEXT,                       -- NULL: not in .config
  detail    TEXT NOT NULL,              -- JSON: offered, cause, by, position, suggestions
  asked_by  TEXT GENERATED ALWAYS AS (coalesce('patch ' || (detail ->> '$.by.name'), detail ->> '$.by.kind')) VIRTUAL,
  cause     TEXT GENERATED ALWAYS AS (detail ->> '$.cause.text') VIRTUAL,
  file      TEXT GENERATED ALWAYS AS (detail ->> '$.position.file') VIRTUAL,
  line      INTEGER GENERATED ALWAYS AS (detail ->> '$.position.line') VIRTUAL,
  PRIMARY KEY (iteration, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX fallout_of_symbol ON fallout (symbol, iteration);

CREATE TABLE entries (
  -- What an iteration changed in the managed patch.
  iteration INTEGER NOT NULL REFERENCES iterations (iteration),
  seq       INTEGER NOT NULL,
  symbol    TEXT NOT NULL,
  was       TEXT,                       -- NULL: there was no entry
  became    TEXT,                       -- NULL: released
  rung      INTEGER,                    -- 0 the wish, 1 option WANTED, 2 NEAREST, 3 next nearest, 4 unset
  reason    TEXT NOT NULL,
  PRIMARY KEY (iteration, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX entries_of_symbol ON entries (symbol, iteration);

CREATE TABLE intents_lost (
  -- The wishes and defaults that the result of a run does not honour.
  run      INTEGER NOT NULL REFERENCES runs (run),
  seq      INTEGER NOT NULL,
  kind     TEXT NOT NULL,
  symbol   TEXT NOT NULL,
  wanted   TEXT NOT NULL,
  got      TEXT,
  detail   TEXT NOT NULL,               -- JSON: by, position, cause, suggestions
  asked_by TEXT GENERATED ALWAYS AS (coalesce('patch ' || (detail ->> '$.by.name'), detail ->> '$.by.kind')) VIRTUAL,
  cause    TEXT GENERATED ALWAYS AS (detail ->> '$.cause.text') VIRTUAL,
  file     TEXT GENERATED ALWAYS AS (detail ->> '$.position.file') VIRTUAL,
  line     INTEGER GENERATED ALWAYS AS (detail ->> '$.position.line') VIRTUAL,
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE managed_entries (
  -- The entries that stand in a target's managed patch now.
  target   TEXT NOT NULL,
  seq      INTEGER NOT NULL,
  symbol   TEXT NOT NULL,
  ask      TEXT NOT NULL,               -- JSON: value and optional
  override INTEGER NOT NULL,            -- the number after lib.mkOverride
  via      TEXT NOT NULL,               -- structured | legacy
  rung     INTEGER NOT NULL,
  reason   TEXT NOT NULL,
  intent   TEXT NOT NULL,               -- signature of the intent it was made from: when that changes, it is released
  PRIMARY KEY (target, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE transcripts (
  -- The log of an iteration's config build; the oldest go first (see retention in the configuration).
  iteration INTEGER PRIMARY KEY REFERENCES iterations (iteration),
  bytes     INTEGER NOT NULL,
  content   BLOB NOT NULL               -- gzip
) STRICT;

CREATE TABLE replaced (
  -- What falloutd replaced in a user's file, kept before it did. The contents are in patches.
  id            INTEGER PRIMARY KEY,
  target        TEXT NOT NULL,
  run           INTEGER REFERENCES runs (run),
  path          TEXT NOT NULL,
  before_sha256 TEXT NOT NULL REFERENCES patches (sha256),
  after_sha256  TEXT NOT NULL REFERENCES patches (sha256),
  replaced_at   TEXT NOT NULL
) STRICT;
CREATE INDEX replaced_of_target ON replaced (target, id);

CREATE TABLE processes (
  -- Process groups that falloutd started and that have not been seen to end.
  pgid       INTEGER PRIMARY KEY,
  start_time TEXT NOT NULL,             -- the leader's start time as the system tells it, against reuse of the number
  what       TEXT NOT NULL
) STRICT;

CREATE TABLE stable (
  -- For which inputs a target was last found stable.
  target          TEXT PRIMARY KEY,
  inputs_hash     TEXT NOT NULL,
  config_drv_path TEXT NOT NULL,
  kernel_drv_path TEXT,
  iteration       INTEGER NOT NULL REFERENCES iterations (iteration),
  since           TEXT NOT NULL
) STRICT;

CREATE TABLE holds (
  -- Targets that falloutd leaves alone until resume.
  target TEXT PRIMARY KEY,
  kind   TEXT NOT NULL,                 -- paused | undone
  since  TEXT NOT NULL
) STRICT;
`;

const VIEWS = /* sql */ `
CREATE VIEW history AS
  -- One row per iteration, oldest first. seconds, evaluate_s and build_s are durations;
  -- fallout counts intents not honoured, absorbed entries written, released entries taken out.
  SELECT i.run, i.iteration, r.target, r.cause, i.started_at AS started,
         round(i.duration_ms / 1000.0, 1) AS seconds,
         coalesce(i.outcome, 'running') AS outcome,
         (SELECT count(*) FROM fallout f WHERE f.iteration = i.iteration) AS fallout,
         (SELECT count(*) FROM entries e WHERE e.iteration = i.iteration AND e.became IS NOT NULL) AS absorbed,
         (SELECT count(*) FROM entries e WHERE e.iteration = i.iteration AND e.became IS NULL) AS released,
         i.probe, coalesce(r.outcome, 'running') AS run_outcome, i.drv_path
  FROM iterations i JOIN runs r ON r.run = i.run
  ORDER BY i.iteration;

CREATE VIEW fallout_list AS
  -- One row per intent not honoured, with who asked and why kconfig did otherwise.
  SELECT f.iteration, i.run, r.target, f.kind, f.symbol, f.wanted, f.got, f.asked_by, f.file, f.line, f.cause
  FROM fallout f JOIN iterations i ON i.iteration = f.iteration JOIN runs r ON r.run = i.run
  ORDER BY f.iteration, f.seq;

CREATE VIEW durations AS
  -- Where the time of an iteration went, in seconds; own is falloutd itself.
  SELECT i.iteration, i.run, r.target, i.probe,
         round(i.duration_ms / 1000.0, 3) AS seconds,
         round(i.evaluate_ms / 1000.0, 3) AS evaluate_s,
         round(i.build_ms / 1000.0, 3) AS build_s,
         round((i.duration_ms - i.evaluate_ms - i.build_ms) / 1000.0, 3) AS own_s,
         i.questions
  FROM iterations i JOIN runs r ON r.run = i.run
  WHERE i.outcome IS NOT NULL
  ORDER BY i.iteration;

CREATE VIEW targets AS
  -- Each target that ever ran: its newest run, and the newest one that a config build judged.
  WITH RECURSIVE names (target) AS (
    SELECT min(target) FROM runs
    UNION ALL
    SELECT (SELECT min(r.target) FROM runs r WHERE r.target > names.target) FROM names WHERE names.target IS NOT NULL
  )
  SELECT target,
         (SELECT max(r.run) FROM runs r WHERE r.target = names.target) AS last_run,
         (SELECT max(r.run) FROM runs r WHERE r.target = names.target AND r.outcome IN ('stable', 'stalled')) AS judged_run
  FROM names WHERE target IS NOT NULL;

CREATE VIEW lost AS
  -- The wishes that the newest judged result of each target does not honour.
  SELECT t.target, l.run, l.kind, l.symbol, l.wanted, l.got, l.asked_by, l.file, l.line, l.cause
  FROM targets t JOIN intents_lost l ON l.run = t.judged_run
  ORDER BY t.target, l.seq;
`;

const KERNEL_BUILDS = /* sql */ `
CREATE TABLE kernel_builds (
  -- One build of a whole kernel, from the derivation that a stable run recorded.
  build         INTEGER PRIMARY KEY,
  target        TEXT NOT NULL,
  iteration     INTEGER NOT NULL REFERENCES iterations (iteration), -- the one whose config build was green
  started_at    TEXT NOT NULL,
  duration_ms   INTEGER,                -- NULL while it goes on, and where falloutd was killed in the middle
  outcome       TEXT,                   -- built | failed | cancelled | infrastructure; NULL while it goes on
  drv_path      TEXT NOT NULL,
  out_path      TEXT,
  kernel_bytes  INTEGER,                -- the kernel image
  modules_bytes INTEGER,                -- all modules together
  objects       INTEGER,                -- how many were compiled; NULL where the kernel was there already
  problem       TEXT                    -- JSON: message, hint
) STRICT;
CREATE INDEX kernel_builds_of_target ON kernel_builds (target, build);
CREATE INDEX kernel_builds_of_drv ON kernel_builds (drv_path, build);
CREATE INDEX kernel_builds_unfinished ON kernel_builds (build) WHERE outcome IS NULL;

CREATE TABLE kernel_logs (
  -- The log of a kernel build; the oldest go first (see retention in the configuration).
  build   INTEGER PRIMARY KEY REFERENCES kernel_builds (build),
  bytes   INTEGER NOT NULL,             -- length before compression
  content BLOB NOT NULL                 -- gzip
) STRICT;

-- JSON: each of the user's files that the stable evaluation read, and its SHA-256 (null: it was not there).
ALTER TABLE stable ADD COLUMN inputs TEXT;

CREATE VIEW builds AS
  -- One row per kernel build, oldest first, with what it came to; seconds is its duration.
  SELECT build, target, iteration, started_at AS started, round(duration_ms / 1000.0, 1) AS seconds,
         coalesce(outcome, 'building') AS outcome, objects,
         round(kernel_bytes / 1e6, 1) AS kernel_mb, round(modules_bytes / 1e6, 1) AS modules_mb,
         problem ->> '$.message' AS problem, drv_path, out_path
  FROM kernel_builds
  ORDER BY build;
`;

/** Step N takes a database from `user_version` N to N + 1. */
const HOOKS = /* sql */ `
-- The user's commands that ran when a run ended or a kernel was built.
CREATE TABLE hooks (
  id INTEGER PRIMARY KEY,
  target TEXT NOT NULL,
  hook TEXT NOT NULL,             -- on-stable, on-blocked, on-built
  started_at TEXT NOT NULL,       -- ISO 8601, UTC
  duration_ms INTEGER NOT NULL,
  exit_code INTEGER,              -- NULL: it outlived its time limit, or was killed
  output TEXT NOT NULL            -- the end of what it printed
) STRICT;`;

const CUT_LOGS = /* sql */ `
-- 1: lines in the middle were left out, because the log outgrew \`transcript-size\`; a line in it says how many.
ALTER TABLE transcripts ADD COLUMN cut INTEGER NOT NULL DEFAULT 0;
ALTER TABLE kernel_logs ADD COLUMN cut INTEGER NOT NULL DEFAULT 0;`;

const MANAGED_STATES = /* sql */ `
CREATE TABLE managed_states (
  -- What falloutd has written into a target's managed patch: an older text of its own is known again, whatever its layout.
  id      INTEGER PRIMARY KEY,          -- the newest is what was last written, or was about to be
  target  TEXT NOT NULL,
  key     TEXT NOT NULL,                -- SHA-256 of the bindings
  entries BLOB NOT NULL,                -- gzip of JSON: the entries as in managed_entries
  UNIQUE (target, key)
) STRICT;

-- JSON: how many entries were put back and taken out because an older text of falloutd's own stood there; NULL: none did.
ALTER TABLE iterations ADD COLUMN restored TEXT;`;

const SOURCES = /* sql */ `
-- How much of the user's folders Nix copied into its store for the evaluation, in bytes; NULL where it is not known.
ALTER TABLE iterations ADD COLUMN source_bytes INTEGER;`;

const PLACES = /* sql */ `
CREATE TABLE places (
  -- Which folder a target's name belongs to: two hosts may be called alike.
  target TEXT PRIMARY KEY,
  folder TEXT NOT NULL            -- of its flake.nix; without a flake, of its patches
) STRICT;`;

const ORIGINS = /* sql */ `
-- JSON: what the entry was made from; when that changes, it is released. NULL: an earlier falloutd wrote the row, with
-- a text in intent, which is empty since.
ALTER TABLE managed_entries ADD COLUMN origin TEXT;`;

const CAUSES = /* sql */ `
-- JSON: the cause that the reason gives; NULL: none is known, or an earlier falloutd wrote the row.
ALTER TABLE managed_entries ADD COLUMN cause TEXT;`;

const LATE_WRITES = /* sql */ `
CREATE TABLE late_writes (
  -- What a program wrote to a user's file that it had open while falloutd replaced it: it is in no file any more.
  replaced INTEGER PRIMARY KEY REFERENCES replaced (id),
  found_at TEXT NOT NULL,
  sha256   TEXT NOT NULL REFERENCES patches (sha256) -- the whole file as it was left
) STRICT;`;

const PREDICTIONS = /* sql */ `
-- JSON: what was predicted before the build, how long it took, and what the build showed otherwise; or why nothing could
-- be predicted. NULL: nothing was.
ALTER TABLE iterations ADD COLUMN prediction TEXT;`;

const SIDE_EFFECTS = /* sql */ `
CREATE TABLE side_effects (
  -- Options that came out otherwise than without the user's settings, though none asks for them (JSON), by the SHA-256 of the text.
  sha256  TEXT PRIMARY KEY,
  bytes   INTEGER NOT NULL,             -- length before compression
  content BLOB NOT NULL                 -- gzip
) STRICT;

-- JSON: how many went off, came on and changed, by the wishes that they follow from; NULL: that is not known.
ALTER TABLE iterations ADD COLUMN side_effects TEXT;
ALTER TABLE iterations ADD COLUMN side_effects_sha256 TEXT REFERENCES side_effects (sha256);

CREATE VIEW beyond AS
  -- One row per iteration of which it is known how many options its wishes changed beyond what they ask for.
  SELECT i.run, i.iteration, r.target, i.side_effects ->> '$.off' AS went_off, i.side_effects ->> '$.on' AS came_on,
         i.side_effects ->> '$.changed' AS changed
  FROM iterations i JOIN runs r ON r.run = i.run
  WHERE i.side_effects IS NOT NULL
  ORDER BY i.iteration;`;

const HOST_MODULES = /* sql */ `
CREATE TABLE host_modules (
  -- The modules that a target's host names, as they were last evaluated: side effects on them are listed first.
  target  TEXT PRIMARY KEY,
  modules TEXT NOT NULL                 -- JSON: names and aliases
) STRICT;`;

const MEASUREMENTS = /* sql */ `
CREATE TABLE measurements (
  -- What a running kernel was measured at.
  measurement   INTEGER PRIMARY KEY,
  measured_at   TEXT NOT NULL,
  release       TEXT NOT NULL,          -- as uname -r prints it
  store_path    TEXT,                   -- of the kernel that was booted
  target        TEXT,                   -- these three: which recorded kernel it was, by its path or its .config
  iteration     INTEGER REFERENCES iterations (iteration),
  build         INTEGER REFERENCES kernel_builds (build),
  ciphers       TEXT NOT NULL,          -- JSON: each with the bits of its key, MiB/s of encryption and of decryption
  boot          TEXT,                   -- JSON: ms of firmware, loader, kernel, initrd, userspace, and the total
  kernel_bytes  INTEGER,
  modules_bytes INTEGER,
  initrd_bytes  INTEGER,
  skipped       TEXT NOT NULL           -- JSON: what could not be measured, and why
) STRICT;`;

export const MIGRATIONS: readonly string[] = [
  TABLES,
  VIEWS,
  KERNEL_BUILDS,
  HOOKS,
  CUT_LOGS,
  MANAGED_STATES,
  SOURCES,
  PLACES,
  ORIGINS,
  CAUSES,
  LATE_WRITES,
  PREDICTIONS,
  SIDE_EFFECTS,
  HOST_MODULES,
  MEASUREMENTS,
];
