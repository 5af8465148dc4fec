-- The embedded store. Times are milliseconds since 1970 UTC, NULL for never. Lists and records that are only read whole are JSON.

-- One host: what the queue, sorting and ranges need. Kept narrow, for leases rewrite it.
CREATE TABLE site (
  id             INTEGER PRIMARY KEY,
  host           TEXT NOT NULL UNIQUE,
  domain         TEXT NOT NULL,
  sequence       INTEGER NOT NULL DEFAULT 0,  -- of the visit that wrote the state
  visits         INTEGER NOT NULL DEFAULT 0,
  failures       INTEGER NOT NULL DEFAULT 0,
  wallets        INTEGER NOT NULL DEFAULT 0,
  points         INTEGER NOT NULL DEFAULT 0,  -- hundredths of the verdict's score
  registered     INTEGER,                     -- when the domain was
  outcome        TEXT NOT NULL DEFAULT '',
  first_seen     INTEGER NOT NULL,
  last_visit     INTEGER,
  last_live      INTEGER,
  next_visit     INTEGER,
  kit            TEXT NOT NULL DEFAULT '',
  operator       TEXT NOT NULL DEFAULT '',
  sources        TEXT NOT NULL,
  target         TEXT NOT NULL,               -- as first named: where to enter, and why
  review         TEXT,                        -- JSON: an analyst's; NULL: none
  lease_sequence INTEGER NOT NULL DEFAULT 0,  -- highest handed out
  lease_owner    TEXT,                        -- NULL: nobody holds it
  lease_at       INTEGER,
  lease_until    INTEGER
) STRICT;
CREATE INDEX site_due ON site (next_visit, host);
CREATE INDEX site_held ON site (lease_owner) WHERE lease_owner IS NOT NULL;
CREATE INDEX site_last_visit ON site (last_visit);
CREATE INDEX site_first_seen ON site (first_seen);

-- What the last visit found; missing for hosts never visited.
CREATE TABLE finding (
  site        INTEGER PRIMARY KEY,
  state       BLOB NOT NULL,  -- JSON: outcome's reason, addresses, verdict, title, language, hosting over time
  indicators  BLOB NOT NULL,  -- JSON
  hosting     BLOB NOT NULL,  -- JSON
  fingerprint BLOB NOT NULL,  -- see fingerprint.go
  text        BLOB NOT NULL   -- zstd
) STRICT;

-- Values of Keyword fields, see index.Keys.
CREATE TABLE key (
  field TEXT NOT NULL,
  value TEXT NOT NULL,
  site  INTEGER NOT NULL,
  PRIMARY KEY (field, value, site)
) STRICT, WITHOUT ROWID;
CREATE INDEX key_site ON key (site);

-- Words of title, text and host name, cut by query.Words; the tokenizer splits them at the spaces only, for they hold no other ASCII
-- characters than letters and digits.
CREATE VIRTUAL TABLE words USING fts5 (title, text, host, content='', contentless_delete=1, tokenize='ascii');

CREATE TABLE capture (
  id       TEXT PRIMARY KEY,
  host     TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  record   BLOB NOT NULL      -- JSON
) STRICT, WITHOUT ROWID;
CREATE INDEX capture_host ON capture (host, sequence);

CREATE TABLE cluster (
  id     TEXT PRIMARY KEY,
  layer  TEXT NOT NULL,
  size   INTEGER NOT NULL,
  record BLOB NOT NULL        -- JSON
) STRICT;

-- What analysts decided about two sites.
CREATE TABLE link (id TEXT PRIMARY KEY, record BLOB NOT NULL) STRICT, WITHOUT ROWID;

-- Where sources of targets were.
CREATE TABLE source (name TEXT PRIMARY KEY, record BLOB NOT NULL) STRICT;

CREATE TABLE run (
  job      TEXT NOT NULL,
  due      INTEGER NOT NULL,
  missed   INTEGER NOT NULL,
  owner    TEXT NOT NULL,
  started  INTEGER,
  until    INTEGER NOT NULL,
  finished INTEGER,
  error    TEXT NOT NULL,
  note     TEXT NOT NULL,
  PRIMARY KEY (job, due)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_due ON run (due);
