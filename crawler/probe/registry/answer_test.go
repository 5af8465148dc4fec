package registry

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"scamatlas/crawler"
)

// told writes a record the way the fixtures do.
func told(r *crawler.Registration) string {
	var b strings.Builder
	if r.Registrar != "" {
		b.WriteString(r.Registrar)
		if r.RegistrarID != 0 {
			fmt.Fprintf(&b, " %d", r.RegistrarID)
		}
		b.WriteByte('\n')
	}
	var dates []string
	for _, d := range []struct {
		name string
		at   time.Time
	}{{"created", r.Created}, {"updated", r.Updated}, {"expires", r.Expires}} {
		if !d.at.IsZero() {
			dates = append(dates, d.name+" "+d.at.Format(time.RFC3339))
		}
	}
	for head, list := range map[string][]string{"": dates} {
		if len(list) > 0 {
			fmt.Fprintln(&b, strings.TrimSpace(head+strings.Join(list, " ")))
		}
	}
	if len(r.Statuses) > 0 {
		fmt.Fprintln(&b, "status", strings.Join(r.Statuses, ", "))
	}
	if len(r.NS) > 0 {
		fmt.Fprintln(&b, "ns", strings.Join(r.NS, ", "))
	}
	if len(r.AbuseEmails)+len(r.AbusePhones) > 0 {
		fmt.Fprintln(&b, "abuse", strings.Join(append(r.AbuseEmails, r.AbusePhones...), "; "))
	}
	return b.String()
}

func fixtures(t testing.TB) map[string]string {
	t.Helper()
	b, err := os.ReadFile("testdata/whois.txtar")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range txtar.Parse(b).Files {
		out[f.Name] = string(f.Data)
	}
	return out
}

func TestReadWHOIS(t *testing.T) {
	all := fixtures(t)
	read := 0
	for name, text := range all {
		name, ok := strings.CutSuffix(name, ".answer")
		if !ok {
			continue
		}
		read++
		t.Run(name, func(t *testing.T) {
			got := ""
			r, err := readWHOIS("nova-trade.zz", strings.ReplaceAll(text, "\n", "\r\n"))
			if err != nil {
				got = "error: " + err.Error() + "\n"
			} else {
				got = told(r)
			}
			if want := all[name+".want"]; got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
	if read < 15 {
		t.Errorf("%d answers", read)
	}
}

func TestReadDate(t *testing.T) {
	const day = "2026-02-03"
	for s, want := range map[string]string{
		"2026-02-03": day, "2026-02-03T04:05:06Z": day, "2026-02-03T04:05:06.789+01:00": day, "2026-02-03 04:05:06+01": day, "2026/02/03": day, "2026.02.03.": day, "2026. 02. 03.": day,
		"20260203": day, "20260203 04:05:06": day, "03-Feb-2026": day, "3-feb-2026 04:05:06 UTC": day, "03 February 2026": day, "February 3 2026": day, "February 3, 2026": day, "Tue Feb 3 2026": day,
		"Tue Feb  3 04:05:06 GMT 2026": day, "2026-Feb-03.": day, "3.2.2026 04:05:06": day, "03.02.2026": day, "03/02/2026": day, "2026-02-03 (YYYY-MM-DD)": day, "2026-02-03 04:05:06 CLST": day, "20260203 #77": day,
		"2026-02-03 by Somebody": day, "": "", "never": "", "0000-00-00": "", "1900-01-01": "", "9999-12-31": "", "2026-13-40": "", "REDACTED FOR PRIVACY": "", "-1": "",
	} {
		got := readDate(s)
		switch {
		case want == "" && !got.IsZero():
			t.Errorf("%q is %v", s, got)
		case want != "" && got.Format(time.DateOnly) != want:
			t.Errorf("%q is %v, want %s", s, got, want)
		}
	}
}

func TestFields(t *testing.T) {
	for in, want := range map[string]string{"Abuse@Names.example": "abuse@names.example", "mailto:a@b.example": "a@b.example", "REDACTED FOR PRIVACY": "", "https://names.example/form": "", "Us <a@b.example>": "", "a@b.example, c@d.example": "", "\"x y\"@b.example": ""} {
		if got := email(in); got != want {
			t.Errorf("email %q is %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"tel:+1.5551234567": "+1.5551234567", "tel:+44-20-7946-0000;ext=1": "+44-20-7946-0000", "Redacted": "", "12": "", "+49 (0)30 123456": "+49 (0)30 123456"} {
		if got := phone(in); got != want {
			t.Errorf("phone %q is %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"clientTransferProhibited https://icann.org/epp#x": "client transfer prohibited", "client hold": "client hold", "ACTIVE": "active", "ok (https://icann.org/epp#ok)": "ok"} {
		if got := status(in); got != want {
			t.Errorf("status %q is %q, want %q", in, got, want)
		}
	}
}

// within holds a record to its bounds: whatever a server sends, it can be stored and shown.
func within(t *testing.T, r *crawler.Registration) {
	t.Helper()
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
	for _, list := range [][]string{r.AbuseEmails, r.AbusePhones, r.Statuses, r.NS, {r.Registrar, r.Err, r.Server}} {
		if len(list) > maxList {
			t.Errorf("%d values", len(list))
		}
		for _, v := range list {
			if len(v) > maxErr || v != clean(v) {
				t.Errorf("value %q", v)
			}
		}
	}
}

func FuzzReadWHOIS(f *testing.F) {
	for name, text := range fixtures(f) {
		if strings.HasSuffix(name, ".answer") {
			f.Add([]byte(text))
		}
	}
	f.Add([]byte("[\n[]\n:\n: x\nregistrar:\n\x00\xff\n" + strings.Repeat("ns: a.example\n", 999)))
	f.Fuzz(func(t *testing.T, b []byte) {
		text := inUTF8(b)
		if r, err := readWHOIS("nova-trade.zz", text); err == nil {
			within(t, r)
		}
		referral(text)
	})
}
