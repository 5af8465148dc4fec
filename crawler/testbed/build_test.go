package testbed

import (
	"strings"
	"testing"
	"testing/fstest"
)

const testKit = `
-- kit.yaml --
colour: red
-- parts/head --
<title>@@brand@@</title>@@part:icon@@
-- parts/icon --
<link rel=icon href=a.png>
-- index.html --
@@part:head@@
<!--[plans-->-free text-->
<!--[wallets]-->pay<!--[btc]--> @@btc@@<!--[/btc]--><!--[ltc]--> @@ltc@@<!--[/ltc]-->.<!--[/wallets]--> <a href="css/a.css">
-- css/a.css --
b{color:@@colour@@}
-- a.png.base64 --
iVBORw==
-- about.html --
about
`

func siteOf(t *testing.T, kit, build, files string) (Site, error) {
	t.Helper()
	fsys := fstest.MapFS{
		"kits/k.txtar":  {Data: []byte(kit)},
		"sites/s.txtar": {Data: []byte("-- truth.yaml --\nhost: s.example\noutcomes: [ok]\n-- build.yaml --\n" + build + files)},
	}
	all, err := readSites(fsys, "sites")
	if err != nil {
		return Site{}, err
	}
	return all[0], nil
}

func TestSiteIsBuiltFromItsKit(t *testing.T) {
	kit := strings.Replace(testKit, "<!--[plans-->-free text-->\n", "", 1)
	s, err := siteOf(t, kit, "include: k\ndrop: [about.html]\nwithout: [ltc]\nwith: {brand: B, btc: bc1x}\nedit:\n  - {in: index.html, from: pay, to: send}\nrename: {css/a.css: css/z.css}\n", "-- own.txt --\nown @@colour@@\n")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"index.html": "<title>B</title><link rel=icon href=a.png>\n\n\nsend bc1x. <a href=\"css/z.css\">\n",
		"css/z.css":  "b{color:red}\n",
		"a.png":      "\x89PNG",
		"own.txt":    "own red\n",
	}
	for name, body := range want {
		if string(s.Files[name]) != body {
			t.Errorf("%s is %q, want %q", name, s.Files[name], body)
		}
	}
	if len(s.Files) != len(want) {
		t.Errorf("%d files, want %d", len(s.Files), len(want))
	}
}

// TestSiteFileThatSaysWhatIsNotSo: a step without effect is an error.
func TestSiteFileThatSaysWhatIsNotSo(t *testing.T) {
	kit := strings.Replace(testKit, "<!--[plans-->-free text-->\n", "", 1)
	for _, c := range []struct{ name, kit, build, files, want string }{
		{"no such kit", kit, "include: other\n", "", "kit other"},
		{"mark without value", kit, "include: k\nwith: {brand: B, btc: x}\n", "", `no value for the mark "ltc"`},
		{"no such section", kit, "include: k\nwithout: [doge]\nwith: {brand: B, btc: x, ltc: y}\n", "", "no section doge"},
		{"no such file to drop", kit, "include: k\ndrop: [x.html]\nwith: {brand: B, btc: x, ltc: y}\n", "", "no file x.html"},
		{"edit that finds nothing", kit, "include: k\nwith: {brand: B, btc: x, ltc: y}\nedit: [{from: nowhere, to: x}]\n", "", `"nowhere" stands nowhere`},
		{"no such file to rename", kit, "include: k\nwith: {brand: B, btc: x, ltc: y}\nrename: {x: y}\n", "", "no file x"},
		{"unknown key", kit, "inclde: k\n", "", "inclde"},
		{"section without end", testKit, "include: k\nwith: {brand: B, btc: x, ltc: y}\n", "", "has no end"},
		{"bad base64", kit, "include: k\nwith: {brand: B, btc: x, ltc: y}\n", "-- b.png.base64 --\n!!!\n", "b.png.base64"},
		{"one file twice", kit, "include: k\nwith: {brand: B, btc: x, ltc: y}\n", "-- b --\n-- b --\n", "two files named b"},
	} {
		if _, err := siteOf(t, c.kit, c.build, c.files); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
}

func TestTwoSitesOfOneName(t *testing.T) {
	truth := []byte("-- truth.yaml --\nhost: s.example\noutcomes: [ok]\n")
	_, err := readSites(fstest.MapFS{"sites/a.txtar": {Data: truth}, "sites/b.txtar": {Data: truth}}, "sites")
	if err == nil || !strings.Contains(err.Error(), "s.example") {
		t.Errorf("error %v, want one that names s.example", err)
	}
}
