package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scamatlas/extractors"
)

func TestExtractReport(t *testing.T) {
	files := []file{
		{"a/a.js", []byte(`var a={pay:"TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",other:"T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb"};` + strings.Repeat("f(1);", 1000))},
		{"a/b.js", []byte(`x="1BoatSLRHtKNngkdXEeobR76b53LETtpyT"`)},
	}
	o := extractOptions{Rounds: 1, Profile: filepath.Join(t.TempDir(), "profile")}
	r := extractReport{Options: o, Bytes: bytesOf(files), Scan: measureScan(files, 1), Found: findIn(files), Peer: &peerSpeed{All: 1, Wallets: 2}}
	var err error
	if r.Set, err = measureSet(files, o); err != nil {
		t.Fatal(err)
	}
	r.Hostile = []hostileSpeed{{Name: "x", Wallet: 1, Wallet10: 20}}
	r.judge()
	if r.Scan.Shapes != 3 || r.Found.Unique != 3 || r.Found.Roles[extractors.Payee] != 1 || r.Found.Roles[extractors.Contract] != 1 || r.Found.Roles[extractors.Burn] != 1 {
		t.Errorf("%+v %+v", r.Scan, r.Found)
	}
	for _, s := range r.Set {
		if s.MBs <= 0 {
			t.Errorf("%s: %f", s.Name, s.MBs)
		}
	}
	var out bytes.Buffer
	if err := r.table(&out); err != nil || strings.Count(out.String(), "SHORT") < 3 { // a false wallet, too slow, not linear
		t.Errorf("%v\n%s", err, &out)
	}
	if st, err := os.Stat(o.Profile); err != nil || st.Size() == 0 {
		t.Error("no profile", err)
	}
}

func TestSample(t *testing.T) {
	var files []file
	for _, name := range strings.Split("abcdefghij", "") {
		files = append(files, file{name, make([]byte, 100)})
	}
	if s := sampleOf(files, 250); len(s) != 3 || bytesOf(s) != 300 {
		t.Errorf("%d files, %d bytes", len(s), bytesOf(s))
	}
	if s := sampleOf(files, 1<<20); len(s) != len(files) {
		t.Errorf("%d files of %d", len(s), len(files))
	}
}

// TestMissingTools: without npm or Python the message says what to install.
func TestMissingTools(t *testing.T) {
	t.Setenv("PATH", "")
	if _, err := installNPM(context.Background(), t.TempDir(), ordinaryPackages, io.Discard); err == nil || !strings.Contains(err.Error(), "apt-get install nodejs npm") {
		t.Error(err)
	}
	if _, err := installPeer(context.Background(), t.TempDir(), io.Discard); err == nil || !strings.Contains(err.Error(), "-no-peer") {
		t.Error(err)
	}
}
