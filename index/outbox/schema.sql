CREATE TABLE IF NOT EXISTS meta (
	key   TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS item (
	seq    INTEGER PRIMARY KEY AUTOINCREMENT,
	id     TEXT NOT NULL UNIQUE,
	host   TEXT NOT NULL,
	body   BLOB NOT NULL,
	reason TEXT,   -- why it cannot be delivered; NULL: it waits
	buried INTEGER -- when, milliseconds since 1970
) STRICT;

CREATE INDEX IF NOT EXISTS waiting ON item (seq) WHERE reason IS NULL;
