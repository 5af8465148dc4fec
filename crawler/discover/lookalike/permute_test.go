package lookalike

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var oracle = Generator{Words: []string{"login", "wallet", "airdrop"}, Suffixes: []string{"top", "vip", "xyz", "com"}}

// lines gives the lines of a file of testdata without comments.
func lines(t testing.TB, name string) []string {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []string
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		if line := strings.TrimSpace(in.Text()); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, line)
		}
	}
	if len(out) == 0 || in.Err() != nil {
		t.Fatalf("%s: %d lines, %v", name, len(out), in.Err())
	}
	return out
}

// TestAsDnstwist: for ten domains every class holds the same names as dnstwist's.
func TestAsDnstwist(t *testing.T) {
	made := map[string]map[string][]string{}
	names := 0
	for _, line := range lines(t, "dnstwist.txt") {
		f := strings.Fields(line)
		domain, class, hash := f[0], f[1], f[3]
		n, err := strconv.Atoi(f[2])
		if err != nil {
			t.Fatal(err)
		}
		if made[domain] == nil {
			made[domain] = oracle.Permutations(domain)
		}
		got := made[domain][class]
		sum := sha256.Sum256([]byte(strings.Join(got, "\n")))
		if len(got) != n || hex.EncodeToString(sum[:]) != hash {
			t.Errorf("%s %s: %d names, dnstwist has %d; not the same set", domain, class, len(got), n)
		}
		names += n
		delete(made[domain], class)
	}
	for domain, rest := range made {
		if len(rest) > 0 {
			t.Errorf("%s: classes that dnstwist has not: %v", domain, rest)
		}
	}
	if len(made) != 10 || names < 20000 {
		t.Errorf("%d domains, %d names: the fixture is not whole", len(made), names)
	}
}

// TestAsDnstwistInFull shows the names where a hash says only that something differs.
func TestAsDnstwistInFull(t *testing.T) {
	for _, domain := range []string{"okx.com", "gate.io"} {
		made := oracle.Permutations(domain)
		for _, line := range lines(t, "dnstwist-"+domain+".txt") {
			class, list, _ := strings.Cut(line, ":")
			want := strings.Fields(list)
			for _, n := range made[class] {
				if !slices.Contains(want, n) {
					t.Errorf("%s %s: %s is not dnstwist's", domain, class, n)
				}
			}
			for _, n := range want {
				if !slices.Contains(made[class], n) {
					t.Errorf("%s %s: %s is missing", domain, class, n)
				}
			}
		}
	}
}

func TestPermutationsOfNothing(t *testing.T) {
	for _, d := range []string{"", ".", "com", "co.uk", "a..com", "localhost", strings.Repeat("a", 64) + ".com", "a b.com", "\x00.com", "xn--\xff.com"} {
		if got := Permutations(d); got != nil {
			t.Errorf("%q: %d classes", d, len(got))
		}
	}
}

// TestPermutationsOfInternational: a brand with letters of its own has lookalikes as well, and none equals it.
func TestPermutationsOfInternational(t *testing.T) {
	got := Permutations("xn--brse-5qa.de") // börse.de
	if len(got["omission"]) != 5 || !slices.Contains(got["omission"], "brse.de") {
		t.Errorf("omission: %v", got["omission"])
	}
	for class, names := range got {
		if slices.Contains(names, "xn--brse-5qa.de") {
			t.Errorf("%s holds the name itself", class)
		}
	}
}
