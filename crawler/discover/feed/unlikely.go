package feed

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/publicsuffix"
)

// Endings of host names that are also endings of files, and words with which sentences begin.
const (
	fileEndings = " zip mov py md sh rs ps "
	wordEndings = " it in is so no to me my at as am be do us by id pm de la se si un es en el et au il ma ne an ad ai one now here live today you how" +
		" help best new but all world money bank fund cash work life link like most page site online read call win men video click gift" +
		" support trade review "
	plainWords = " a about account accounts actually after again ago all already also an and any app are as ask asked at away back bank be because" +
		" been before bitcoin broker bros but by call can cash chat check co company contact corp crypto day dept did do down dr either else" +
		" end etc even ever everything find first for fraud friend from fund funds get gmbh go gone got group had has have he help her here" +
		" him his home house how however i if in inc information investment is it job just know later left life like link live llc lost ltd" +
		" made make man me message money month more mr mrs my name never new no not nothing now number of off ok on one online only or order" +
		" other our out over page paid people phone platform plc please police profit promise real right said same say scam she since site" +
		" so some someone something sorry st stop stopped sure take team than thank thanks that the their them then there they thing things" +
		" this time to today together told too total trade trading trust try up us use video vs wait want was way we website week well were" +
		" what when where which who why wife will with withdraw withdrawal work working would year years yes yesterday yet you your "
	technology = " asp.net ado.net vb.net "
)

// unlikely: a bare name, neither disarmed nor with www, that is more likely something else. written is the name as it stood.
func unlikely(written, host string, path bool) bool {
	labels := strings.Split(host, ".")
	ending := labels[len(labels)-1]
	suffix, _ := publicsuffix.PublicSuffix(host)
	name := labels[max(0, len(labels)-2-strings.Count(suffix, "."))]
	switch {
	case strings.HasPrefix(name, "xn--"):
		return false
	case has(technology, host):
		return true
	case len(labels) >= 3 && strings.Contains(" com org net io co edu ", " "+labels[0]+" ") && !strings.HasPrefix(host, "co."): // com.example.app
		return true
	case !path && len(labels) == 2 && has(fileEndings, ending):
		return true
	case !path && utf8.RuneCountInString(name) == 1 && ending != "com":
		return true
	case len(name) < 3 && strings.Trim(name, "0123456789") == "": // a number
		return true
	}
	return !path && len(labels) == 2 && joint(written, name, ending)
}

// joint: two sentences without a space between them.
func joint(written, name, ending string) bool {
	before, after, _ := strings.Cut(written, ".")
	begins := capital(after) && strings.ToLower(after[1:]) == after[1:]
	switch {
	case begins && !strings.Contains(" com net org io info biz ", " "+ending+" "):
		return !capital(before) || has(wordEndings, ending) || has(plainWords, name)
	case capital(after) && !capital(before): // "sent.COM"? no: "lost it.IN the"
		return has(wordEndings, ending)
	}
	return has(plainWords, name) && (has(wordEndings, ending) || begins)
}

func capital(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r)
}

func has(list, word string) bool { return strings.Contains(list, " "+word+" ") }
