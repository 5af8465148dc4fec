package wording

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

const listed = "# a note\nprofit: profit* lợi_nhuận 收益\ndaily: daily per_day 每日 하루\nday: day* 일\nmanager: account_manager\n"

func concepts(t testing.TB) *Concepts {
	t.Helper()
	c, err := ReadConcepts("concepts.txt", []byte(listed))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTokens(t *testing.T) {
	for in, want := range map[string]string{
		"Earn 2.5% daily, $1,000 back!":         "earn #% daily #$ back",
		"1 000 € or € 20":                       "# #$ or #$",
		"100x in 30 days":                       "#x in # days",
		"write to a@b.example or Site.Example.": "write to @ or @",
		"2% p.a. – l’argent":                    "#% p.a l'argent",
		"0x52908400098527886E0F7030069857D2":    "@",
		"每日收益3%":                                "每 日 收 益 #%",
		"":                                      "",
		"\xff\xfe $":                            "",
	} {
		s := fold(in)
		var got []string
		for _, k := range scan(s, nil) {
			got = append(got, k.spelling(s))
		}
		if g := strings.Join(got, " "); g != want {
			t.Errorf("%q: got %q, want %q", in, g, want)
		}
	}
}

func TestTerms(t *testing.T) {
	for _, c := range []struct {
		name   string
		pieces []Piece
		want   []string
	}{
		{"concepts of a sentence are paired", []Piece{{Text: "Profits daily. Manager"}}, []string{"<daily+profit>", "<daily>", "<profit>", "daily", "manager", "profits", "profits daily"}},
		{"cells of a table are one sentence", []Piece{{Text: "daily"}, {Text: "3%"}}, []string{"<#%+daily>", "<#%>", "<daily>", "daily"}},
		{"titles", []Piece{{Text: "Profit", Title: true}}, []string{"<profit>", "^<profit>", "profit"}},
		{"words of two", []Piece{{Text: "lợi nhuận"}}, []string{"<profit>", "lợi", "lợi nhuận", "nhuận"}},
		{"letters without blanks", []Piece{{Text: "高收益"}}, []string{"<profit>", "收益", "高收", "高收益"}},
		{"one letter of Korean counts behind a number", []Piece{{Text: "일 30일"}}, []string{"# 일", "<#+day>", "<#>", "<day>", "일 #"}},
	} {
		if got := concepts(t).Terms(c.pieces); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestFaults(t *testing.T) {
	for in, want := range map[string]string{
		"profit":         "c.txt:1: want name: words",
		"a: b\nx<: y":    "c.txt:2: want name: words",
		"a: b\n\nb: , *": `c.txt:3: "," has no word`,
	} {
		if _, err := ReadConcepts("c.txt", []byte(in)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", in, err, want)
		}
	}
	for in, want := range map[string]string{
		"":                              "w.txt: has no mix",
		"mix\t1\t1":                     "w.txt:1: want mix",
		"mix\t1\t1\t0\nbias\t0\tnan":    `w.txt:2: "nan" is no weight`,
		"mix\t1\t1\t0\nbias\t0\t0\nfee": "w.txt:3: want mix",
	} {
		if _, err := ReadModel("w.txt", []byte(in), concepts(t)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", in, err, want)
		}
	}
}

// learned is a model of four sources of which half are fakes.
func learned(t testing.TB) *Model {
	t.Helper()
	c := concepts(t)
	var sites []Labelled
	for i, text := range []string{"profit daily for all", "account manager, daily profit", "the library is open each day", "a day at the library"} {
		sites = append(sites, Labelled{Source: fmt.Sprint(i), Terms: c.Terms([]Piece{{Text: text}}), Fake: i < 2, Weight: 1})
	}
	return Learn(c, sites, Learning{Lambda: 0.05, Rounds: 200, MinSources: 2, Keep: 100}).With(Mix{1, 1, 0}, "a note")
}

func TestLearnedWordsCarryOver(t *testing.T) {
	m := learned(t)
	fake, honest := m.Read([]Piece{{Text: "每日收益"}}), m.Read([]Piece{{Text: "the library"}})
	if fake.Logit < 0.5 || honest.Logit > -0.5 {
		t.Errorf("log odds %.2f and %.2f, want fake above and honest below an even chance", fake.Logit, honest.Logit)
	}
	if want := []string{"每日 … 收益"}; !slices.Equal(fake.Words, want) && !slices.Contains(fake.Words, "收益") {
		t.Errorf("words %q, want those of the page, like %q", fake.Words, want)
	}
}

func TestModelIsReadAsWritten(t *testing.T) {
	m := learned(t)
	var first, second bytes.Buffer
	if err := m.Write(&first); err != nil {
		t.Fatal(err)
	}
	read, err := ReadModel("w.txt", first.Bytes(), m.concepts)
	if err != nil {
		t.Fatal(err)
	}
	if err := read.With(read.mix, "a note").Write(&second); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Errorf("written %q, read and written again %q", first.String(), second.String())
	}
}

// committed is the model that the program has.
func committed(t testing.TB) *Model {
	t.Helper()
	list, err := os.ReadFile("../../../configs/rules/concepts.txt")
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile("../../../configs/rules/wording.txt")
	if err != nil {
		t.Fatal(err)
	}
	c, err := ReadConcepts("concepts.txt", list)
	if err != nil {
		t.Fatal(err)
	}
	m, err := ReadModel("wording.txt", b, c)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func FuzzRead(f *testing.F) {
	m := learned(f)
	for _, s := range []string{"Earn 3% daily", "$ 1,0.0 €", "每日收益 30일", "a.b@c.d/e-f_g", "\xc0\xff%x", "1.,1x×", "’'’"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r := m.Read([]Piece{{Text: s, Title: true}, {Text: s}})
		if r.Logit != r.Logit || len(r.Words) > maxWords {
			t.Errorf("%q: %+v", s, r)
		}
		folded := fold(s)
		at := 0
		for _, k := range scan(folded, nil) {
			if k.from < at || k.to <= k.from || k.to > len(folded) {
				t.Fatalf("%q: token %d to %d behind %d", s, k.from, k.to, at)
			}
			at = k.from + 1
		}
	})
}

func BenchmarkRead(b *testing.B) {
	m := committed(b)
	var pieces []Piece
	for i := range 300 { // of ten words
		pieces = append(pieces, Piece{Text: fmt.Sprintf("Deposit %d USDT and withdraw the daily profit on day %d", i, i)})
	}
	b.ReportAllocs()
	for b.Loop() {
		m.Read(pieces)
	}
}
