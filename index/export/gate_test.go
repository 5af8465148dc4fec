package export

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/index"
)

// judged is a site with a verdict and perhaps a review.
func judged(host, verdict string, sure bool, review string, until time.Time) *index.Site {
	s := site(host, "x")
	s.Verdict.Label, s.Verdict.Confirmed = verdict, sure
	if review != "" {
		s.Review = &index.Review{Label: review, Who: "anna", Note: "informant 7", At: day.AddDate(0, 0, -9), Until: until}
	}
	return s
}

func TestGate(t *testing.T) {
	const fake, suspicious, benign, reference, parked = extractors.LabelFake, extractors.LabelSuspicious, extractors.LabelBenign, extractors.LabelReference, extractors.LabelParked
	var always time.Time
	over := day.AddDate(0, 0, -1)
	safe := func(name string) string {
		return map[string]string{"bank.example": "licensed bank", "exchange.co.uk": "exchange"}[name]
	}
	for name, tc := range map[string]struct {
		site         *index.Site
		strict, open string // why it does not pass, "" when it does
	}{
		"a sure fake":                            {judged("a.example", fake, true, "", always), "", ""},
		"a fake, not sure":                       {judged("a.example", fake, false, "", always), NotConfirmed, ""},
		"sure, but of something else":            {judged("a.example", suspicious, true, "", always), NotConfirmed, ""},
		"suspicious":                             {judged("a.example", suspicious, false, "", always), NotConfirmed, ""},
		"parked":                                 {judged("a.example", parked, false, "", always), NotConfirmed, ""},
		"never judged":                           {&index.Site{Host: "a.example"}, NotConfirmed, ""},
		"benign":                                 {judged("a.example", benign, false, "", always), Benign, Benign},
		"an honest firm":                         {judged("a.example", reference, false, "", always), Reference, Reference},
		"an honest firm, and sure":               {judged("a.example", reference, true, "", always), Reference, Reference},
		"an analyst says fake":                   {judged("a.example", benign, false, fake, always), "", ""},
		"an analyst said fake, no longer":        {judged("a.example", benign, false, fake, over), Benign, Benign},
		"an analyst says honest firm":            {judged("a.example", fake, true, reference, always), Reference, Reference},
		"an analyst says benign":                 {judged("a.example", fake, true, benign, always), Benign, Benign},
		"an analyst said benign, no longer":      {judged("a.example", fake, true, benign, over), "", ""},
		"an analyst is not sure, the machine is": {judged("a.example", fake, true, suspicious, always), NotConfirmed, ""},
		"safe":                                   {judged("bank.example", fake, true, "", always), Safe + ": licensed bank", Safe + ": licensed bank"},
		"below a safe name":                      {judged("login.www.bank.example", fake, true, "", always), Safe + ": licensed bank", Safe + ": licensed bank"},
		"below a safe name with a suffix of two labels": {judged("www.exchange.co.uk", fake, true, fake, always), Safe + ": exchange", Safe + ": exchange"},
		"safe in another spelling":                      {judged("WWW.Bank.Example.", fake, true, "", always), Safe + ": licensed bank", Safe + ": licensed bank"},
		"like a safe name":                              {judged("bank.example.evil.example", fake, true, "", always), "", ""},
		"ends like a safe name":                         {judged("notbank.example", fake, true, "", always), "", ""},
	} {
		for gate, want := range map[*Gate]string{{Now: day, Safe: safe}: tc.strict, {Now: day, Safe: safe, Unconfirmed: true}: tc.open} {
			if ok, why := gate.Pass(tc.site); why != want || ok != (want == "") {
				t.Errorf("%s, %s: %v, %q; want %q", name, gate, ok, why, want)
			}
		}
	}
}

// TestTerms: what came under a light stricter than the list's is not named, confirmed or not, unless it is known from elsewhere too; and who
// said so is not told.
func TestTerms(t *testing.T) {
	red, amber, green, own := judged("red.example", extractors.LabelFake, true, "", time.Time{}), judged("amber.example", extractors.LabelFake, true, extractors.LabelFake, time.Time{}),
		judged("green.example", extractors.LabelFake, true, "", time.Time{}), judged("own.example", extractors.LabelFake, true, "", time.Time{})
	named := func(s *index.Site, lights ...crawler.TLP) {
		for n, light := range lights {
			s.Sources = append(s.Sources, index.SourceRef{Source: "feed:" + string(light), Reference: s.Host + "-list", TLP: light, Licence: strings.Repeat("x", n)})
		}
	}
	named(red, crawler.TLPRed, crawler.TLPRed)
	named(amber, crawler.TLPAmber, crawler.TLPAmberStrict)
	named(green, crawler.TLPGreen, crawler.TLPRed)
	named(own, crawler.TLPRed, "")
	all := []*index.Site{red, amber, green, own}
	held := func(what ...string) map[string]int {
		var out map[string]int
		for _, w := range what {
			if out == nil {
				out = map[string]int{}
			}
			out[Received+w]++
		}
		return out
	}
	for _, f := range Formats() {
		for light, want := range map[crawler.TLP]struct {
			hosts    int
			withheld map[string]int
		}{
			"":                     {2, held("TLP:RED", "TLP:AMBER")},
			crawler.TLPClear:       {1, held("TLP:RED", "TLP:AMBER", "TLP:GREEN")},
			crawler.TLPAmber:       {3, held("TLP:RED")},
			crawler.TLPAmberStrict: {3, held("TLP:RED")},
			crawler.TLPRed:         {4, nil},
		} {
			var b bytes.Buffer
			st, err := Write(&b, f.Name, each(all...), Options{Date: day, Gate: &Gate{TLP: light}})
			if err != nil || st.Written != want.hosts || !reflect.DeepEqual(st.Withheld, want.withheld) {
				t.Errorf("%s under %q: %+v, %v", f.Name, light, st, err)
			}
			if told := strings.Contains(b.String(), "feed:red"); told != (light == crawler.TLPRed && f.Name == "jsonl") {
				t.Errorf("%s under %q tells of a red list: %v\n%s", f.Name, light, told, &b)
			}
		}
	}
	if len(green.Sources) != 2 {
		t.Error("the site itself was changed")
	}
}

// Whatever the format and whatever is asked, honest sites are not in the list.
func TestWriteHoldsBack(t *testing.T) {
	sites := []*index.Site{judged("fake.example", extractors.LabelFake, true, "", time.Time{}), judged("maybe.example", extractors.LabelSuspicious, false, "", time.Time{}),
		judged("honest.example", extractors.LabelReference, false, "", time.Time{}), judged("good.example", extractors.LabelBenign, false, "", time.Time{}),
		judged("one.bank.example", extractors.LabelFake, true, "", time.Time{}), judged("two.bank.example", extractors.LabelFake, true, "", time.Time{})}
	n := 0
	safe := func(name string) string {
		n++
		if name == "bank.example" {
			return strings.Repeat("licensed, ", n) // a reason of its own each time is counted as one
		}
		return ""
	}
	never := map[string]int{Reference: 1, Benign: 1, Safe: 2}
	strict := maps.Clone(never)
	strict[NotConfirmed] = 1
	for _, f := range Formats() {
		for _, tc := range []struct {
			gate *Gate
			want []string
			held map[string]int
		}{
			{&Gate{Safe: safe}, []string{"fake.example"}, strict},
			{&Gate{Safe: safe, Unconfirmed: true}, []string{"fake.example", "maybe.example"}, never},
			{nil, []string{"fake.example", "maybe.example", "one.bank.example", "two.bank.example"}, map[string]int{Reference: 1, Benign: 1}},
		} {
			var b bytes.Buffer
			st, err := Write(&b, f.Name, each(sites...), Options{Date: day, Gate: tc.gate})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range sites {
				if strings.Contains(b.String(), s.Host) {
					got = append(got, s.Host)
				}
			}
			if !slices.Equal(got, tc.want) || !reflect.DeepEqual(st.Withheld, tc.held) || st.Written != len(tc.want) || st.Skipped != 0 {
				t.Errorf("%s, gate %v: %v, %+v; want %v, %v", f.Name, tc.gate, got, st, tc.want, tc.held)
			}
		}
	}
}

func TestListsSayWhatPassed(t *testing.T) {
	for want, gate := range map[string]*Gate{"# listed: confirmed sites only\n": {}, "# listed: unconfirmed sites too\n": {Unconfirmed: true}} {
		var b bytes.Buffer
		if _, err := Write(&b, "hosts", each(), Options{Gate: gate}); err != nil || !strings.Contains(b.String(), want) {
			t.Errorf("%q lacks %q, %v", b.String(), want, err)
		}
	}
}

// What is written for others says what was decided and why, but not by whom.
func TestReviewsInExports(t *testing.T) {
	s := judged("a.example", extractors.LabelSuspicious, false, extractors.LabelFake, time.Time{})
	s.Verdict.Reasons = []extractors.Reason{{Code: "promised_return", Weight: 1, Evidence: strings.Repeat("é", MaxEvidence)}}
	for range 2 * MaxGrounds {
		s.Verdict.Reasons = append(s.Verdict.Reasons, extractors.Reason{Code: "more", Weight: 1})
	}
	for _, f := range Formats() {
		got, st := write(t, f.Name, s)
		if st.Written != 1 || strings.Contains(got, "anna") || strings.Contains(got, "informant") {
			t.Errorf("%s: %+v %q", f.Name, st, got)
		}
	}
	got, _ := write(t, "jsonl", s)
	var line struct {
		Label     string
		Confirmed bool
		Grounds   []string
		Review    index.Review
		Verdict   extractors.Verdict
	}
	if err := json.Unmarshal([]byte(got), &line); err != nil {
		t.Fatal(err)
	}
	want := []string{"judged by an analyst on 2026-11-16", "promised return (" + strings.Repeat("é", MaxEvidence/2) + ")", "more", "more", "more"}
	if line.Label != extractors.LabelFake || !line.Confirmed || !slices.Equal(line.Grounds, want) || line.Review.Label != extractors.LabelFake || line.Verdict.Label != extractors.LabelSuspicious {
		t.Errorf("%+v", line)
	}
	if s.Review.Who != "anna" {
		t.Error("the site itself was changed")
	}
}
