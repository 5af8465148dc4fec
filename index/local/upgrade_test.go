package local

import (
	_ "embed"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scamatlas/index/indextest"
)

// schema1 is a store as the last program of that schema (commit 001cf5e) wrote it.
//
//go:embed testdata/schema1.db.gz
var schema1 []byte

func earlier(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fileName), indextest.Unzip(t, schema1), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestStoreOfAnEarlierProgram(t *testing.T) {
	dir := earlier(t)
	reader := open(t, dir, Options{ReadOnly: true})
	indextest.Earlier(t, reader, false)
	w := open(t, dir, Options{})
	indextest.Earlier(t, w, true)
	if _, err := reader.Site(t.Context(), "queued.example"); err != nil {
		t.Errorf("a reader that was there before the upgrade: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	w = open(t, dir, Options{})
	if got, err := w.version(t.Context(), w.read); got != schemaVersion || err != nil {
		t.Errorf("schema %d, %v", got, err)
	}
	var verdict string
	if err := w.read.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("integrity: %s %v", verdict, err)
	}
}

func TestUpgradedStoreHasTheTablesOfANewOne(t *testing.T) {
	tables := func(dir string) (text string) {
		s := open(t, dir, Options{})
		err := s.read.QueryRow(`SELECT group_concat(at, ', ') FROM (SELECT m.name || '.' || c.name || ' ' || c.type AS at
			FROM sqlite_schema m JOIN pragma_table_info(m.name) c ORDER BY at)`).Scan(&text)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	if upgraded, fresh := tables(earlier(t)), tables(t.TempDir()); upgraded != fresh {
		t.Errorf("an upgraded store has\n%s\na new one\n%s", upgraded, fresh)
	}
}

// An upgrade that fails leaves the store as it was.
func TestUpgradeIsWholeOrNotAtAll(t *testing.T) {
	dir := earlier(t)
	db, err := (&Store{file: filepath.Join(dir, fileName)}).connect("mode=rw")
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec("UPDATE finding SET fingerprint = x'ff' WHERE site = (SELECT max(site) FROM finding)") // damaged
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), dir, Options{}); err == nil || !strings.Contains(err.Error(), "bring the store up to date") {
		t.Errorf("error %v", err)
	}
	r := open(t, dir, Options{ReadOnly: true})
	if version, err := r.version(t.Context(), r.read); version != 1 || err != nil {
		t.Errorf("half upgraded: schema %d, %v", version, err)
	}
	if _, err := r.Site(t.Context(), "queued.example"); err != nil {
		t.Error(err)
	}
}
