package claim

import "strings"

// shape is the form of a number: 9 a digit, A a letter, X either, all else itself. "~" before it allows a blank, hyphen, dot or slash
// between any two characters.
type shape string

// match reads s from its beginning and gives the number in capitals without separators and how much of s it takes; 0 when s is of
// another form.
func (p shape) match(s string) (number string, n int) {
	form, loose := strings.CutPrefix(string(p), "~")
	var b strings.Builder
	for k := range len(form) {
		if loose && k > 0 && n+1 < len(s) && strings.IndexByte(" -./", s[n]) >= 0 && s[n] != form[k] {
			n++
		} else if loose && k > 0 && strings.HasPrefix(s[n:], "\u00a0") {
			n += len("\u00a0")
		}
		if n >= len(s) {
			return "", 0
		}
		c := s[n]
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		fits := c == form[k]
		switch form[k] {
		case '9':
			fits = isDigit(c)
		case 'A':
			fits = isLetter(c)
		case 'X':
			fits = isAlnum(c)
		}
		if !fits {
			return "", 0
		}
		b.WriteByte(c)
		n++
	}
	if !closes(s[n:]) {
		return "", 0
	}
	return b.String(), n
}

// closes reports whether a number may end before rest: not within a longer number, a decimal, a percentage or a word.
func closes(rest string) bool {
	if rest == "" {
		return true
	}
	if isAlnum(rest[0]) || rest[0] == '%' || rest[0] == '_' || rest[0] == '@' {
		return false
	}
	return len(rest) == 1 || !(strings.IndexByte(".,:", rest[0]) >= 0 && isDigit(rest[1]) || strings.IndexByte("/-", rest[0]) >= 0 && isAlnum(rest[1]))
}

// checked applies a register's rule. value is the canonical number, "" for zeros alone; ok tells whether the rule holds.
func checked(rule, number string) (value string, ok bool) {
	if strings.Trim(number, "0") == "" {
		return "", false
	}
	switch rule {
	case "gb": // Companies House writes eight characters
		if len(number) < 8 && isDigit(number[0]) {
			number = strings.Repeat("0", 8-len(number)) + number
		}
		return number, number != "12345678"
	case "fca": // seven digits never begin with 0: forms of six print one
		if len(number) == 7 && number[0] == '0' {
			number = number[1:]
		}
		return number, true
	case "nfa": // seven digits
		return strings.Repeat("0", max(0, 7-len(number))) + number, true
	case "abn":
		return number, weighted(number, []int{10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19}, 89) == 0
	case "acn":
		sum := 0
		for k := range 8 {
			sum += int(number[k]-'0') * (8 - k)
		}
		return number, (10-sum%10)%10 == int(number[8]-'0')
	case "che": // the enterprise identification number, modulus 11
		digits, sum := number[3:], 0
		for k, w := range []int{5, 4, 3, 2, 7, 6, 5, 4} {
			sum += int(digits[k]-'0') * w
		}
		return number, (11-sum%11)%11 == int(digits[8]-'0')
	case "luhn":
		return number, luhn(number)
	case "lei":
		return number, mod97(number) == 1 && !isDigitsOnly(number)
	}
	return number, true
}

// weighted gives the weighted sum of digits modulo m, the first digit lowered by one, as the rule of the ABN has it.
func weighted(digits string, weights []int, m int) int {
	sum := -weights[0]
	for k, w := range weights {
		sum += int(digits[k]-'0') * w
	}
	return ((sum % m) + m) % m
}

func luhn(s string) bool {
	sum := 0
	for k := range len(s) {
		d := int(s[len(s)-1-k] - '0')
		if k%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// mod97 is the check of ISO 7064 MOD 97-10, letters as 10 to 35.
func mod97(s string) int {
	rest := 0
	for k := range len(s) {
		if isDigit(s[k]) {
			rest = (rest*10 + int(s[k]-'0')) % 97
		} else {
			rest = (rest*100 + int(s[k]-'A') + 10) % 97
		}
	}
	return rest
}

func isDigitsOnly(s string) bool { return strings.Trim(s, "0123456789") == "" }
