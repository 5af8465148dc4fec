package contact

import (
	"strings"

	"scamatlas/extractors"
)

// signal reads https://signal.me/#p/+number, signal.me/#eu/code and signal.group/#code: all stands in the fragment.
func (r *reader) signal(v *view, start int, host, rest string) {
	rest, ok := strings.CutPrefix(rest, "#")
	if !ok {
		return
	}
	f := code("signal_group", rest, 20, 100, isToken)
	if host == "signal.me" {
		f = code("signal", after(rest, "eu/"), 20, 120, isToken)
		if p := after(rest, "p/"); p != "" {
			f = phoneFound("signal", "+"+digits(run(p, maxWritten, func(c byte) bool { return isDigit(c) || c == '+' })))
		}
	}
	r.add(v, start, f, v.text[start:start+len(run(v.text[start:], maxAddress, func(c byte) bool { return c > ' ' && !isQuote(c) && c != '<' && c != '>' && c < 0x7f }))], extractors.InURI)
}

// viberURI reads viber://chat?number=%2B44…, viber://add?number=…, viber://pa?chatURI=NAME.
func viberURI(host, query string) found {
	switch strings.ToLower(host) {
	case "chat", "add", "contact":
		return phoneFound("viber", "+"+digits(param(query, "number")))
	case "pa":
		return viberName(param(query, "chatURI"))
	}
	return found{}
}

func viberName(s string) found {
	name := run(s, 51, isToken)
	if len(name) < 3 || len(name) > 50 || name != s {
		return found{}
	}
	return found{"viber", strings.ToLower(name), extractors.High}
}

// zalo takes a number with or without country code as its links hold it, an official account's id, or a group.
func zalo(path string) found {
	if rest := after(path, "g/"); rest != "" {
		return code("zalo_group", rest, 6, 20, isToken)
	}
	id := segment(path)
	if n := run(id, 21, isDigit); len(n) < 8 || len(n) > 20 || !ends(id[len(n):]) {
		return found{}
	} else {
		return found{"zalo", n, extractors.High}
	}
}

// kakao reads open.kakao.com/o/CODE and /me/NAME.
func kakao(path string) found {
	if rest := after(path, "o/"); rest != "" {
		return code("kakaotalk", rest, 4, 20, isAlnum)
	}
	return code("kakaotalk", after(path, "me/"), 2, 40, isToken)
}

// qq reads the account number of uin=….
func qq(query string) found {
	n := param(query, "uin")
	if len(n) < 5 || len(n) > 11 || digits(n) != n || n[0] == '0' || n == "123456" || n == "123456789" {
		return found{}
	}
	return found{"qq", n, extractors.High}
}

func instagram(path string) found {
	s := segment(path)
	name := strings.TrimRight(run(s, 31, func(c byte) bool { return isWord(c) || c == '.' }), ".")
	if len(name) < 2 || len(name) > 30 || !ends(s[len(name):]) {
		return found{}
	}
	return found{"instagram", strings.ToLower(name), extractors.High}
}
