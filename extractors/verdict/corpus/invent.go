package corpus

import (
	"fmt"
	"strings"
)

// invent makes what every site has: a name, a host, ways to reach its people, wallets. Honest and fake names come from the same
// syllables: a name must not tell.
func (w *writer) invent() {
	name := w.properName()
	w.vars["name"] = name
	w.vars["brand"] = name
	if b := w.family.site.brand; b != "" {
		w.vars["brand"] = w.text(b)
	}
	host := slug(w.vars["brand"])
	if host == "" || w.chance(30) {
		host = slug(name) + w.pick("", "-online", "-group", "hq", "app", "-pro", "24", "-official", "fx", "-intl")
	}
	w.vars["host"] = host + ".example"
	w.vars["email"] = w.pick("support", "info", "contact", "office", "help", "service") + "@" + w.vars["host"]
	w.vars["phone"] = w.phone()
	handle := strings.ReplaceAll(host, "-", "_") + w.pick("", "_support", "_official", "_help")
	w.vars["tg"], w.vars["wa"] = handle, fmt.Sprintf("4477009%05d", w.r.IntN(100000))
	w.vars["street"] = w.street()
	w.vars["person"], w.vars["person2"], w.vars["person3"] = w.person(), w.person(), w.person()
	w.founded()
	w.vars["thisyear"] = fmt.Sprint(Now().Year())
	w.vars["company"] = fmt.Sprintf("%08d", 1_000_000+w.r.IntN(14_000_000))
	w.vars["licence"] = fmt.Sprintf("%06d", 100_000+w.r.IntN(800_000))
	if w.family.Fake && w.chance(50) {
		w.vars["gate"] = "login"
	}
	for _, chain := range []string{"btc", "eth", "trx", "ltc", "sol"} {
		w.vars[chain] = w.address(chain)
	}
	w.vars["bonus"] = fmt.Sprint(5 * (1 + w.r.IntN(20)))
	w.vars["server"] = w.pick("nginx", "cloudflare", "Apache", "LiteSpeed")
}

// founded invents when the domain was registered and since when the site says it exists. Most fakes are young and say what they like, some
// stand on names that were bought old; some honest sites are young, some moved to another name.
func (w *writer) founded() {
	days := 20 + w.r.IntN(340)
	if old := map[bool]int{true: 15, false: 88}[w.family.Fake]; w.chance(old) {
		days = 800 + w.r.IntN(5000)
	}
	w.created = Now().AddDate(0, 0, -days)
	year := 2006 + w.r.IntN(18)
	if !w.family.Fake {
		if year = w.created.Year(); w.chance(12) {
			year -= 1 + w.r.IntN(9)
		}
	}
	w.vars["year"] = fmt.Sprint(year)
}

func (w *writer) properName() string {
	a := w.pick("Nor", "Alt", "Ver", "Cal", "Bren", "Tor", "Lum", "Quin", "Har", "Sel", "Mar", "Del", "Fen", "Gal", "Ost", "Pra", "Rin", "Sol", "Tam", "Vel", "Wex", "Zan", "Bel", "Cor", "Dra", "Eld", "Kel", "Lor", "Mir", "Nov")
	b := w.pick("vex", "mont", "aris", "den", "ora", "wick", "field", "bury", "anta", "ion", "ex", "ley", "stead", "grove", "ina", "ster", "quay", "mar", "dale", "via", "crest", "ton", "una", "ero", "ika", "holm")
	if w.chance(25) {
		b += " " + w.pick("Bridge", "Oak", "River", "Stone", "Harbour", "North", "Union", "Peak", "Gate", "Lane")
	}
	return a + b
}

func (w *writer) person() string {
	first := w.pick("Anna", "Daniel", "Maria", "Thomas", "Elena", "Victor", "Laura", "Peter", "Nina", "Samuel", "Irene", "Oscar", "Clara", "Henry", "Julia", "Marco")
	return first + " " + w.pick("Bergstrom", "Hollis", "Varga", "Merrow", "Castell", "Lindqvist", "Okafor", "Tanaka", "Ferreira", "Novak", "Brandt", "Duval", "Ortega", "Keller", "Whitlow", "Sato")
}

func (w *writer) street() string {
	n := 1 + w.r.IntN(190)
	switch w.family.Lang {
	case "de":
		return fmt.Sprintf("%sstraße %d, %05d %s", w.pick("Linden", "Garten", "Ufer", "Markt"), n, 10115+w.r.IntN(70000), w.pick("Berlin", "Köln", "Leipzig", "Hamburg"))
	case "fr":
		return fmt.Sprintf("%d rue %s, %05d %s", n, w.pick("des Tilleuls", "du Marché", "de la Gare"), 69001+w.r.IntN(900), w.pick("Lyon", "Villeurbanne"))
	case "es", "pt":
		return fmt.Sprintf("%s %d, %s", w.pick("Calle Mayor", "Rua do Sol", "Avenida Central", "Paseo Norte"), n, w.pick("Madrid", "Lisboa", "Valencia", "Porto"))
	}
	return fmt.Sprintf("%d %s %s, %s", n, w.pick("Grange", "Mill", "Canal", "Orchard", "King"), w.pick("Street", "Road", "Lane", "Avenue"), w.pick("London EC2A 4NE", "Manchester M2 5DB", "Dublin 2", "Toronto, ON M5H 2N2", "Singapore 048616"))
}

func (w *writer) phone() string {
	return w.pick("+44 20 7946 0", "+44 161 496 0", "+1 202 555 0", "+1 416 555 0") + fmt.Sprintf("%03d", 100+w.r.IntN(99))
}

func slug(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		}
	}
	return b.String()
}
