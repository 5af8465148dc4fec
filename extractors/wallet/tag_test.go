package wallet

import "testing"

func TestFindTag(t *testing.T) {
	for text, want := range map[string]string{
		" Memo: 12345":                                 "12345",
		" (Destination Tag 778899)":                    "778899",
		"?dt=778899&amount=5":                          "778899",
		`","memo":"10923811","network":"BEP2"`:         "10923811",
		`","memo":10923811}`:                           "10923811",
		`","memo":"","network":"BEP2"`:                 "",
		`","memo":null,"network":5`:                    "",
		`","memo":"scamdep","x":1`:                     "scamdep",
		`\",\"memo\":\"dep-77a\",\"x\":1`:              "dep-77a",
		`","destinationTag":"778899"`:                  "778899",
		" Memo (required): 4411":                       "4411",
		" Memo: ScamDep01.":                            "ScamDep01",
		" MEMO: user_7781 is needed":                   "user_7781",
		" Memo is required, or the coins are lost":     "",
		" Memo: none":                                  "",
		" no memo needed. Minimum deposit 500":         "",
		" Please add the tag. Deposits over 500 only":  "",
		"&memo=skdjfasf&memo_type=MEMO_TEXT":           "skdjfasf",
		" 备注：883921":                                   "883921",
		" メモ: 5512":                                    "5512",
		" Memo: bnb13778400l3z2yna044rln27pu3x0ymd7gk": "",
		" Send the memo with it. Fee: 12":              "",
	} {
		if got, _ := findTag(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
