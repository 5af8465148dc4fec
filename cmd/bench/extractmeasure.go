package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/extractors/all"
	"scamatlas/extractors/wallet"
)

// fastest gives the least CPU seconds of rounds runs of f, and of more when these are short: what else the machine does only adds to it.
func fastest(rounds int, f func()) float64 {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	best, all := 0.0, 0.0
	for n := 0; n < rounds || all < shortRounds && n < manyRounds; n++ {
		start := threadSeconds()
		f()
		s := threadSeconds() - start
		all += s
		if n == 0 || s < best {
			best = s
		}
	}
	return max(best, 1e-6)
}

const (
	shortRounds = 0.05 // CPU seconds
	manyRounds  = 20
)

// threadSeconds is the CPU time this thread has had.
func threadSeconds() float64 {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		return float64(time.Now().UnixNano()) / 1e9
	}
	return float64(t.Nano()) / 1e9
}

// measureScan reads all files: copying them, looking every byte up in a table, and scanning them for wallets.
func measureScan(files []file, rounds int) (s scanSpeed) {
	texts := make([]string, len(files))
	longest := 0
	for i, f := range files {
		texts[i] = string(f.Body)
		longest = max(longest, len(f.Body))
	}
	mega := float64(bytesOf(files)) / 1e6
	buf := make([]byte, longest)
	s.Copy = mega / fastest(rounds, func() {
		for _, t := range texts {
			copy(buf, t)
		}
	})
	var table [256]int
	for i := range table {
		table[i] = i & 1
	}
	s.Bytes = mega / fastest(rounds, func() {
		sum := 0
		for _, t := range texts {
			for i := range len(t) {
				sum += table[t[i]]
			}
		}
		s.sink += sum
	})
	s.Raw = mega / fastest(rounds, func() {
		s.Shapes = 0
		for _, t := range texts {
			wallet.Scan(t, func(int, int) { s.Shapes++ })
		}
	})
	return s
}

// findIn counts the different wallets in files, by confidence and role.
func findIn(files []file) found {
	f := found{Bytes: bytesOf(files), Roles: map[string]int{}}
	seen := map[string]bool{}
	for _, file := range files {
		for _, i := range wallet.ReadDocument(extractors.Parse(file.Name, "", file.Body)) {
			if i.Confidence == extractors.Low {
				f.Low++
				continue
			}
			if k := i.Role + i.Key(); !seen[k] {
				seen[k] = true
				f.Unique++
				f.Roles[i.Role]++
				if len(f.First) < 5 && i.Role == extractors.Payee {
					f.First = append(f.First, i.Value+" in "+file.Name)
				}
			}
		}
	}
	return f
}

// measureSet runs every extractor by itself over the parsed files, and all of them as `scamatlas extract` does, parsing included.
func measureSet(files []file, o extractOptions) (rows []speed, err error) {
	mega := float64(bytesOf(files)) / 1e6
	docs := make([]*extractors.Document, len(files))
	parse := fastest(o.Rounds, func() {
		for i, f := range files {
			docs[i] = extractors.Parse("https://a.example/"+f.Name, "", f.Body)
		}
	})
	rows = append(rows, speed{"parse", mega / parse})
	in := &extractors.Input{Capture: &crawler.Capture{}}
	for _, e := range all.Set() {
		if name := e.Name(); name == "hosting" || name == "template" {
			continue // they read captures, and there is none
		}
		s := fastest(o.Rounds, func() {
			for _, d := range docs {
				in.Docs = []*extractors.Document{d}
				e.Extract(in, &extractors.Findings{})
			}
		})
		rows = append(rows, speed{e.Name(), mega / s})
	}
	if o.Profile != "" {
		p, err := os.Create(o.Profile)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, p.Close()) }()
		if err := pprof.StartCPUProfile(p); err != nil {
			return nil, err
		}
		defer pprof.StopCPUProfile()
	}
	s := fastest(o.Rounds, func() {
		for _, f := range files {
			all.ReadFile(f.Name, "", f.Body)
		}
	})
	return append(rows, speed{wholeSet, mega / s}), nil
}

//go:embed peer.py
var peerScript string

// measurePeer lets iocsearcher read the same files.
func measurePeer(ctx context.Context, python, cache string, files []file, talk io.Writer) (p *peerSpeed, err error) {
	var names bytes.Buffer
	for _, f := range files {
		fmt.Fprintln(&names, filepath.Join(cache, "npm", "node_modules", filepath.FromSlash(f.Name)))
	}
	ctx, cancel := context.WithTimeout(ctx, peerWithin)
	defer cancel()
	cmd := exec.CommandContext(ctx, python, "-c", peerScript)
	cmd.Stdin, cmd.Stderr = &names, talk
	said, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("running %s: %w", peerPackage, err)
	}
	var got struct{ All, Wallets struct{ Seconds float64 } }
	if err := json.Unmarshal(said, &got); err != nil {
		return nil, fmt.Errorf("reading what %s says: %w", peerPackage, err)
	}
	mega := float64(bytesOf(files)) / 1e6
	return &peerSpeed{All: mega / got.All.Seconds, Wallets: mega / got.Wallets.Seconds}, nil
}

const peerWithin = 15 * time.Minute

// hostileTexts are units that make careless scanners slow.
func hostileTexts() []struct{ name, unit string } {
	var random [300_000]byte
	r := rand.NewChaCha8([32]byte{'b', 'e', 'n', 'c', 'h'})
	_, _ = r.Read(random[:]) // never fails
	return []struct{ name, unit string }{
		{"a.js", "a"}, {"T.js", "T"}, {"1.js", "1"}, {"base64.js", base64.StdEncoding.EncodeToString(random[:])}, {"hex.js", hex.EncodeToString(random[:])},
		{"nested escapes.js", strings.Repeat(`\`, 40) + "u0030"}, {"escaped escapes.json", `\u005cu005cu0030`}, {"percent.html", "<i a=" + strings.Repeat("%2530", 20) + ">"},
		{"codes.js", "49,"}, {"quotes.js", "\"'`a"}, {"groups.txt", "abcd "}, {"lines.html", "bc1qaaaaa<br>"}, {"joined.html", "EQabc<b>abcdefghijklmnopqrstuvw</b><p>"},
		{"one address.txt", "0x52908400098527886E0F7030069857D2E4169EE7 "}, {"at signs.txt", "a@"}, {"dots.txt", "a."}, {"links.html", "<a href=//t.me/a>"},
	}
}

// measureHostile times a million bytes of each text, ten times over, and ten million in one: equal lengths of time, so that what else
// the machine does weighs the same on both.
func measureHostile(rounds int) (rows []hostileSpeed) {
	for _, h := range hostileTexts() {
		text := []byte(strings.Repeat(h.unit, 1e7/len(h.unit)+1)[:1e7])
		short, long := extractors.Parse(h.name, "", text[:1e6]), extractors.Parse(h.name, "", text)
		times := func(read func(*extractors.Document)) (one, ten float64) {
			one = fastest(rounds, func() {
				for range 10 {
					read(short)
				}
			}) / 10
			return one, fastest(rounds, func() { read(long) }) / one
		}
		row := hostileSpeed{Name: h.name}
		row.Wallet, row.Wallet10 = times(func(d *extractors.Document) { wallet.ReadDocument(d) })
		row.All, row.All10 = times(func(d *extractors.Document) { all.ReadDocument(d) })
		rows = append(rows, row)
	}
	return rows
}
