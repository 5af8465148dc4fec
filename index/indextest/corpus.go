package indextest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/index"
	"scamatlas/index/query"
)

const corpusSites = 120

var corpusWords = []string{"nova", "trade", "trader", "zenith", "capital", "profit", "guaranteed", "deposit", "withdraw", "daily", "比特币", "投资", "прибыль", "κέρδος",
	"Straße", "ﬁnance", "24", "100", "return", "returns", "crypto", "signal", "กำไร", "e\u0301lan"}

// Corpus gives made-up visits, the same at every call: sites of few kits and operators, failed and repeated visits, texts in many scripts.
func Corpus() []index.Visit {
	r := rand.New(rand.NewPCG(1, 2))
	var out []index.Visit
	for i := range corpusSites {
		host := fmt.Sprintf("%s-%s%d.%s", corpusWords[r.IntN(10)], corpusWords[r.IntN(10)], i, pick(r, "example", "co.uk", "shop.example", "invalid"))
		for n := range 1 + r.IntN(3) {
			at := t0.Add(time.Duration(r.IntN(40)*24+n*1000) * time.Hour)
			outcome := crawler.OK
			if r.IntN(4) == 0 {
				outcome = pick(r, crawler.Dead, crawler.Parked, crawler.Unreachable, crawler.Challenge)
			}
			v := visit(host, int64(n+1), outcome, at)
			if outcome.Alive() {
				v.Findings = corpusFindings(r)
			}
			v.Target.Source = pick(r, "cli", "feed:a", "feed:b", "pivot")
			v.Verdict = corpusVerdict(r)
			out = append(out, v)
		}
	}
	return out
}

func corpusVerdict(r *rand.Rand) extractors.Verdict {
	v := extractors.Verdict{Label: pick(r, extractors.Labels()...), Score: float64(r.IntN(1001)) / 1000, Confirmed: r.IntN(2) == 0, Groups: []string{"kit"}, Lang: "zh", Rules: "7"}
	for range r.IntN(3) {
		v.Reasons = append(v.Reasons, extractors.Reason{Code: pick(r, "promised_return", "Referral_levels", "rule:nova-shell", "young_domain"), Group: "promise", Weight: r.Float64(), Evidence: "3% daily"})
	}
	return v
}

// corpusReviews gives what analysts decided about sites of the corpus and one that is only queued; some of it has expired.
func corpusReviews() map[string]*index.Review {
	r := rand.New(rand.NewPCG(5, 6))
	out := map[string]*index.Review{"queued-nova.example": {Label: extractors.LabelFake, Who: "anna", At: t0}}
	for _, v := range Corpus() {
		if r.IntN(5) == 0 {
			out[v.Record.Host] = &index.Review{Label: pick(r, extractors.Labels()...), Who: "anna", At: t0, Note: "looked", Until: pick(r, time.Time{}, hour(1), hour(99_999))}
		}
	}
	return out
}

func corpusFindings(r *rand.Rand) extractors.Findings {
	kit, operator := r.IntN(6), r.IntN(9)
	f := extractors.Findings{Title: sentence(r, 3), Text: sentence(r, 40), Lang: pick(r, "en", "de", "zh-cn", "")}
	add := func(kind, typ, chain, value string) {
		f.Indicators = append(f.Indicators, extractors.Indicator{Kind: kind, Type: typ, Chain: chain, Value: value, Confidence: pick(r, extractors.High, extractors.Low),
			Role: pick(r, extractors.Payee, extractors.Contract), Where: extractors.InText})
	}
	for range r.IntN(3) {
		add(extractors.KindWallet, "", pick(r, "btc", "btc|bch", "evm", "trx"), fmt.Sprintf("0x%03dAbC", operator*10+r.IntN(3)))
	}
	add(extractors.KindContact, "email", "", fmt.Sprintf("Support%d@nova.example", operator))
	add(extractors.KindContact, pick(r, "telegram", "telegram_invite"), "", fmt.Sprintf("NovaDesk%d", operator))
	add(extractors.KindContact, pick(r, "phone", "whatsapp"), "", fmt.Sprintf("+4420%d", operator))
	add(extractors.KindTracker, pick(r, "ga4", "ua", "gtm", "tawk"), "", fmt.Sprintf("G-%dX", kit))
	for _, c := range [][3]string{{extractors.KindClaim, "company_number", fmt.Sprintf("gb:SC%06d", operator)}, {extractors.KindClaim, "licence", fmt.Sprintf("fca:7%d", kit)},
		{extractors.KindClaim, "regulator", "CySEC"}, {extractors.KindClaim, "return", fmt.Sprintf("%d.5%%/day", kit)}, {extractors.KindBackend, "api", fmt.Sprintf("api%d.core.example:8443", operator)}} {
		f.Indicators = append(f.Indicators, extractors.Indicator{Kind: c[0], Type: c[1], Value: c[2], Confidence: extractors.Medium, Where: extractors.InText})
	}
	f.Fingerprint = extractors.Fingerprint{Version: 1, FaviconMMH3: fmt.Sprint(-100 * kit), DOMHash: fmt.Sprintf("d%d", kit),
		Tags: extractors.TokenSet{Hashes: []uint32{uint32(kit), uint32(kit) + 100}, Total: 2}}
	f.Hosting = extractors.Hosting{Addresses: []string{fmt.Sprintf("203.0.113.%d", operator)}, NS: []string{fmt.Sprintf("NS%d.host.example", r.IntN(3))},
		CDN: pick(r, "", "cloudflare", "fastly"), Server: pick(r, "nginx", "nginx/1.2", "Apache 2", ""), CertIssuer: pick(r, "R3", "Other CA"),
		ASNs: pick(r, nil, []string{fmt.Sprintf("AS6450%d Nova Hosting", operator)}), Countries: pick(r, nil, []string{"HK"}, []string{"HK", "SC"}), Tech: pick(r, nil, []string{"ThinkPHP", "Vant"}),
		Registrar: fmt.Sprintf("Registrar %d", operator%3), RegistrarID: operator % 3, JARM: pick(r, "", "29d29d", "2ad2ad"),
		Registered: pick(r, time.Time{}, t0.Add(time.Duration(r.IntN(60*24))*time.Hour), t0.AddDate(-9, 0, 0))}
	return f
}

func sentence(r *rand.Rand, n int) string {
	s := ""
	for range n {
		s += pick(r, corpusWords...) + pick(r, " ", " ", "-", ", ", "! ")
	}
	return s
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// Load puts the corpus, some hosts never visited, reviews and some clusters into a store.
func Load(t *testing.T, s index.Store) {
	t.Helper()
	x := &suite{T: t, Store: s}
	x.add(t0, "queued-nova.example", "queued-trade.example")
	visits := Corpus()
	x.save(visits...)
	var hosts []string
	for _, v := range visits {
		hosts = append(hosts, v.Record.Host)
	}
	slices.Sort(hosts)
	hosts = slices.Compact(hosts)
	for host, r := range corpusReviews() {
		x.ok(s.Review(ctx, host, r))
	}
	x.clusters(cluster("k-1", index.Kit, hosts[:30]...), cluster("k-2", index.Kit, hosts[30:50]...), cluster("o-1", index.Operator, hosts[20:40]...))
}

// Queries gives n queries that ask the corpus about every field in every form, the same for the same seed.
func Queries(seed, n int) []string {
	g := generator{r: rand.New(rand.NewPCG(uint64(seed), 9)), values: corpusValues()}
	out := make([]string, n)
	for i := range out {
		out[i] = g.expr(3)
	}
	return out
}

// corpusValues gives the values of every Keyword field.
func corpusValues() map[string][]string {
	sites := map[string]*index.Site{}
	for _, v := range Corpus() {
		sites[v.Record.Host], _ = index.Apply(sites[v.Record.Host], &v)
	}
	out := map[string][]string{"kit": {"k-1", "k-2"}, "operator": {"o-1"}, "outcome": {"queued"}}
	for host, r := range corpusReviews() {
		if sites[host] != nil {
			sites[host].Review = r
		}
	}
	for _, s := range sites {
		for field, values := range index.Keys(s) {
			out[field] = append(out[field], values...)
		}
	}
	for field := range out {
		slices.Sort(out[field])
		out[field] = slices.Compact(out[field])
	}
	return out
}

type generator struct {
	r      *rand.Rand
	values map[string][]string
}

func (g *generator) expr(depth int) string {
	if depth == 0 || g.r.IntN(3) == 0 {
		return g.leaf()
	}
	a, b := g.expr(depth-1), g.expr(depth-1)
	switch g.r.IntN(5) {
	case 0:
		return "NOT (" + a + ")"
	case 1:
		return "(" + a + ") -(" + b + ")"
	case 2:
		return "(" + a + " AND " + b + ")"
	}
	return "(" + a + " OR " + b + ")"
}

func (g *generator) leaf() string {
	fields := query.Fields()
	f := fields[g.r.IntN(len(fields))]
	word := pick(g.r, corpusWords...)
	switch {
	case g.r.IntN(4) == 0:
		all := g.values[pick(g.r, "host", "wallet", "contact", "tracker")]
		return pick(g.r, word, query.Word{Value: word + " " + pick(g.r, corpusWords...)}.String(), query.Word{Value: pick(g.r, all...)}.String(), "tra*", "ret*", "queued")
	case f.Kind == query.Time:
		return f.Name + pick(g.r, ":>", ":<", ":>=", ":<=", ":") + t0.AddDate(0, 0, g.r.IntN(60)).Format(pick(g.r, "2006-01-02", "2006-01", "2006-01-02T15:04:05Z"))
	case f.Name == "score":
		return f.Name + pick(g.r, ":>", ":<", ":>=", ":<=", ":") + fmt.Sprint(g.r.IntN(101))
	case f.Kind == query.Number:
		return f.Name + pick(g.r, ":>", ":<", ":>=", ":<=", ":") + fmt.Sprint(g.r.IntN(4))
	case f.Kind == query.Text:
		return f.Name + pick(g.r, ":"+word, `:"`+word+" "+pick(g.r, corpusWords...)+`"`, ":tra*", ":pro*", ":co*")
	}
	values := g.values[f.Name]
	if len(values) == 0 {
		return query.Term{Field: f.Name, Value: "nothing"}.String()
	}
	v := pick(g.r, values...)
	if cut := []rune(v); len(cut) > query.MinPrefix && g.r.IntN(3) == 0 {
		return query.Term{Field: f.Name, Value: string(cut[:query.MinPrefix+g.r.IntN(len(cut)-query.MinPrefix)]), Prefix: true}.String()
	}
	return query.Term{Field: f.Name, Value: v}.String()
}

// Same checks that two stores loaded with the same sites answer queries alike: hosts, counts and facets.
func Same(t *testing.T, a, b index.Store, queries []string) {
	t.Helper()
	found := 0
	for _, text := range queries {
		e, err := query.Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		req := index.SearchRequest{Query: e, Limit: index.MaxHits, Sort: index.SortLastVisit, Facets: []string{"chain", "ns", "kit", "verdict", "ever", "asn"}}
		x, err := a.Search(ctx, req)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		y, err := b.Search(ctx, req)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if !slices.Equal(hostsOf(x.Sites), hostsOf(y.Sites)) || x.Total != y.Total {
			t.Errorf("%s: %d against %d sites\n%v\n%v", text, x.Total, y.Total, hostsOf(x.Sites), hostsOf(y.Sites))
		}
		for f := range x.Facets {
			if !slices.Equal(x.Facets[f], y.Facets[f]) {
				t.Errorf("%s: facet %s\n%v\n%v", text, f, x.Facets[f], y.Facets[f])
			}
		}
		if x.Total > 0 && x.Total < corpusSites {
			found++
		}
	}
	if found < len(queries)/4 {
		t.Errorf("only %d of %d queries tell sites apart: they prove little", found, len(queries))
	}
}
