package registry

import (
	"errors"
	"strings"

	"scamatlas/crawler"
)

// field is one fact that WHOIS answers state, each registry in words of its own.
type field int

const (
	none field = iota
	registrar
	registrarNumber
	abuseEmail
	abusePhone
	created
	updated
	expires
	state
	server
	domainName
)

// keys are the words, lower case, without dots and spaces at their ends.
var keys = map[string]field{
	"registrar": registrar, "registrar name": registrar, "sponsoring registrar": registrar, "registration service provider": registrar,
	"registrar organization": registrar, "authorized agency": registrar, "registrar (or authorized agency)": registrar, "current registar": registrar, "current registrar": registrar,
	"registered through": registrar, "registration agent": registrar, "registrar company": registrar,
	"registrar iana id": registrarNumber, "sponsoring registrar iana id": registrarNumber,
	"registrar abuse contact email": abuseEmail, "abuse contact email": abuseEmail, "abuse email": abuseEmail, "abuse contact": abuseEmail, "abuse-mailbox": abuseEmail, "abuse mailbox": abuseEmail, "registrar abuse email": abuseEmail,
	"registrar abuse contact phone": abusePhone, "abuse contact phone": abusePhone, "abuse phone": abusePhone, "registrar abuse phone": abusePhone,
	"creation date": created, "created": created, "created on": created, "created date": created, "registered": created, "registered on": created, "registered date": created, "registration date": created,
	"registration time": created, "domain name commencement date": created, "domain registration date": created, "domain created": created, "record created": created, "record created on": created,
	"activated": created, "registered since": created, "domain record activated": created, "登録年月日": created, "등록일": created, "fecha de registro": created, "domain_dateregistered": created, "creation-date": created, "first registration date": created,
	"updated date": updated, "updated": updated, "last updated": updated, "last update": updated, "last updated on": updated, "last modified": updated, "modified": updated, "changed": updated, "last-update": updated, "modification date": updated,
	"last updated date": updated, "domain record last updated": updated, "最終更新": updated, "domain_datelastmodified": updated, "updated on": updated, "last-changed": updated,
	"registry expiry date": expires, "expiry date": expires, "expire date": expires, "expiration date": expires, "expires": expires, "expires on": expires, "expiration time": expires, "registrar registration expiration date": expires,
	"paid-till": expires, "paid till": expires, "renewal date": expires, "valid until": expires, "expire": expires, "expiry": expires, "record expires on": expires, "record expires": expires, "domain expires": expires, "有効期限": expires,
	"validity": expires, "domain_datebilleduntil": expires, "fecha de expiracion": expires, "expire-date": expires, "registry expiration date": expires, "exp date": expires, "domain expiration date": expires, "expires at": expires,
	"domain status": state, "status": state, "state": state, "registration status": state, "状態": state, "eppstatus": state, "epp status": state, "domaintype": state,
	"name server": server, "name servers": server, "nameserver": server, "nameservers": server, "nserver": server, "dns": server, "name servers information": server, "domain servers in listed order": server, "domain servers": server,
	"domain nameservers": server, "host name": server, "primary server": server, "secondary server": server, "p": server, "ネームサーバ": server, "dns servers": server, "domain name servers": server, "ns": server,
	"domain name": domainName, "domain": domainName, "domain_name": domainName, "ドメイン名": domainName,
}

// Words of an answer in which nothing was read: the registry knows no such domain, or wants no questions now.
var (
	unknownWords = []string{"no match", "not found", "no entries found", "no data found", "nothing found", "no object found", "not registered", "status: free", "status:\tfree", "is available", "is free", "status: available",
		"no information available", "does not exist", "available for registration", "above domain name is not registered", "no found", "not exist"}
	busyWords = []string{"limit exceeded", "quota exceeded", "too many", "rate limit", "exceeded", "try again later", "access denied", "denied", "blacklisted", "blocked"}
)

// Faults of a WHOIS answer.
var (
	errRefused    = errors.New("the server wants no questions now")
	errUnreadable = errors.New("an answer without a known field")
	errOther      = errors.New("an answer about another name")
)

// readWHOIS reads an answer about domain: "key: value" lines in many registries' words, sections of bare lines below a heading,
// "[key] value".
func readWHOIS(domain, text string) (*crawler.Registration, error) {
	r := reading{domain: domain, out: &crawler.Registration{Via: "whois"}}
	for _, l := range lines(text) {
		r.line(l)
	}
	finish(r.out)
	if r.facts() {
		if r.other {
			return nil, errOther
		}
		return r.out, nil
	}
	low := strings.ToLower(cut(text, maxLine*4))
	switch {
	case containsAny(low, unknownWords):
		return nil, errUnknown
	case containsAny(low, busyWords):
		return nil, errRefused
	}
	return nil, errUnreadable
}

func containsAny(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// lines gives the lines of an answer, at most maxLines of at most maxLine bytes.
func lines(text string) []string {
	var out []string
	for len(text) > 0 && len(out) < maxLines {
		l, rest, _ := strings.Cut(text, "\n")
		text = rest
		out = append(out, cut(strings.TrimRight(l, "\r"), maxLine))
	}
	return out
}

// reading is the state between lines.
type reading struct {
	domain  string
	out     *crawler.Registration
	section field  // bare lines below a heading state this
	heading string // lower case; "" outside of a section
	inside  bool   // the section has had a line
	other   bool   // a record of another name
}

func (r *reading) facts() bool {
	o := r.out
	return o.Registrar != "" || !o.Created.IsZero() || !o.Expires.IsZero() || !o.Updated.IsZero() || len(o.NS) > 0
}

func (r *reading) line(l string) {
	bare := strings.TrimLeft(strings.TrimSpace(l), "* ")
	switch {
	case bare == "":
		if r.inside {
			r.section, r.heading = none, ""
		}
		return
	case strings.ContainsRune("%#>;", rune(bare[0])), strings.HasPrefix(bare, "--"):
		return
	}
	key, value, ok := split(bare)
	switch {
	case ok && value == "":
		r.open(key)
	case ok && r.keyed(key, value):
		r.inside = r.heading != ""
	case !ok && r.worded(bare):
	case !ok && keys[strings.ToLower(bare)] != none: // a heading without a colon
		r.open(strings.ToLower(bare))
	case r.section != none && (!ok || hostName(key) != ""): // a name server may have addresses behind a colon
		r.inside = true
		r.set(r.section, bare)
	}
}

func (r *reading) open(key string) { r.heading, r.section, r.inside = key, keys[key], false }

// split cuts "key: value", "key.....: value" and "[key] value"; a time's colons do not part a key from a value.
func split(l string) (key, value string, ok bool) {
	if l[0] == '[' {
		if key, value, ok = strings.Cut(l[1:], "]"); ok {
			if k := strings.ToLower(strings.TrimSpace(key)); keys[k] != none {
				return k, strings.TrimSpace(value), true
			}
		}
	}
	if l[0] >= 'a' && l[0] <= 'z' && strings.HasPrefix(l[1:], ". [") { // "a. [Domain Name]   NAME"
		return split(l[3:])
	}
	at := strings.IndexByte(l, ':')
	if at < 1 || at > 60 {
		return "", "", false
	}
	key = strings.ToLower(strings.Trim(l[:at], " .\t\u3000"))
	return key, strings.Trim(l[at+1:], " \t"), key != ""
}

// keyed takes a line with a key; what stands in a registrar's section under "name" is the registrar.
func (r *reading) keyed(key, value string) bool {
	f := keys[key]
	if strings.HasPrefix(r.heading, "registrar") || r.heading == "sponsoring registrar" {
		switch key {
		case "name", "organization", "organisation", "organization name", "company":
			f = registrar
		case "email", "e-mail", "phone", "fax", "status", "created", "changed", "address": // the registrar's own
			return true
		}
	} else if r.heading != "" && r.heading != "domain" && containsAny(r.heading, []string{"contact", "holder", "registrant", "person"}) && f != abuseEmail && f != abusePhone {
		return false // a person's record has dates as well
	}
	if f == none {
		return false
	}
	r.set(f, value)
	return true
}

// worded takes "Record created on 2000-01-01 (UTC+8)".
func (r *reading) worded(l string) bool {
	low := strings.ToLower(l)
	for _, k := range []string{"record created on ", "record expires on ", "record last updated on "} {
		if strings.HasPrefix(low, k) {
			f := keys[strings.TrimSpace(k)]
			if f == none {
				f = updated
			}
			r.set(f, l[len(k):])
			return true
		}
	}
	return false
}

// set keeps a fact; of dates, names and numbers the first counts.
func (r *reading) set(f field, value string) {
	o := r.out
	value = cut(clean(value), maxText)
	switch f {
	case registrar:
		value, _, _ = strings.Cut(value, " [Tag")
		if o.Registrar == "" && !strings.HasPrefix(strings.ToLower(value), "http") && !strings.HasPrefix(strings.ToLower(value), "url:") {
			o.Registrar = strings.TrimSpace(value)
		}
	case registrarNumber:
		if o.RegistrarID == 0 {
			o.RegistrarID = registrarID(value)
		}
	case abuseEmail:
		o.AbuseEmails = capped(o.AbuseEmails, value)
	case abusePhone:
		o.AbusePhones = capped(o.AbusePhones, value)
	case created:
		if o.Created.IsZero() {
			o.Created = readDate(value)
		}
	case updated:
		if o.Updated.IsZero() {
			o.Updated = readDate(value)
		}
	case expires:
		if o.Expires.IsZero() {
			o.Expires = readDate(value)
		}
	case state:
		r.states(value)
	case server:
		name, _, _ := strings.Cut(strings.TrimSpace(value), " ")
		o.NS = capped(o.NS, hostName(name))
	case domainName:
		if name := strings.ToLower(strings.TrimSuffix(strings.Fields(value + " .")[0], ".")); hostName(name) != "" && name != r.domain && !strings.HasPrefix(name, "xn--") && !strings.HasPrefix(r.domain, "xn--") && r.heading == "" {
			r.other = true
		}
	}
}

// states takes one status, or several with commas between.
func (r *reading) states(value string) {
	for _, s := range strings.SplitN(value, ",", maxList) {
		if s = status(s); s != "" {
			r.out.Statuses = capped(r.out.Statuses, s)
		}
	}
}

func capped(list []string, v string) []string {
	if v == "" || len(list) >= 4*maxList {
		return list
	}
	return append(list, v)
}
