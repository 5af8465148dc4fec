package verdict

import (
	"strings"
	"testing"

	"scamatlas/extractors"
)

// TestBoards: what people tell each other on a board the board does not promise, nor is a wallet that one of them was given its own.
func TestBoards(t *testing.T) {
	for lang, c := range map[string]struct{ posts, own string }{
		"en": {"<title>Money board – latest threads</title><p>Kim wrote: guaranteed profit, 2% daily.</p><p>Moderator: advert removed.</p><p>Lee replied: stop.</p>", "<p>You get 2% daily, a guaranteed profit, with us.</p>"},
		"zh": {"<title>维权论坛</title><p>楼主 小李 发表于 昨天</p><p>平台保证收益，每日收益 3%。</p><p>2楼 路人：别信。</p><p>管理员：已处理。</p>", "<p>我们保证每日收益 3%，您可以放心。</p>"},
		"th": {"<title>กระทู้สนทนา</title><p>เว็บรับประกันกำไร กำไร 3% ต่อวัน</p><p>ความคิดเห็นที่ 1 แมว: อย่าเชื่อ</p><p>เจ้าของกระทู้: ขอบคุณ</p>", "<p>เรารับประกันกำไรให้คุณ กำไร 3% ต่อวัน</p>"},
	} {
		t.Run(lang, func(t *testing.T) {
			wallet := "<p>" + tron + "</p>"
			board, own := features(t, visit("a.example", "/ "+c.posts+wallet), Facts{}), features(t, visit("a.example", "/ "+c.own), Facts{})
			for _, code := range []string{codeReturn, codeGuarantee} {
				if x, ok := board[code]; ok {
					t.Errorf("on a board: %s %q", code, x.Evidence)
				}
				if _, ok := own[code]; !ok {
					t.Errorf("in its own name: %s", says(code, own))
				}
			}
			if x := board[codeWallet]; x.Acts {
				t.Errorf("on a board: %s %q acts", codeWallet, x.Evidence)
			}
		})
	}
}

// TestLists: the items of a list are said as its lead says them.
func TestLists(t *testing.T) {
	const items = "<ul><li>Guaranteed profit for you</li><li>We double your money</li></ul>"
	denied := features(t, visit("a.example", "/ <p>What is never true of us and of our accounts:</p>"+items), Facts{})
	said := features(t, visit("a.example", "/ <p>What you have with us and with our accounts:</p>"+items), Facts{})
	for _, code := range []string{codeGuarantee, codeDoubled} {
		if _, ok := denied[code]; ok {
			t.Errorf("denied by its lead: %s", says(code, denied))
		}
		if _, ok := said[code]; !ok {
			t.Errorf("said by its lead: %s", says(code, said))
		}
	}
}

// TestPayingIsNoDeposit: a wallet takes deposits where the site promises something; a shop's till and a charity's address do nothing to visitors.
func TestPayingIsNoDeposit(t *testing.T) {
	till := "/pay <p>Send the exact amount to this address: " + tron + "</p>"
	for _, c := range []struct {
		name, page string
		acts       bool
	}{
		{"plans", "/ <p>Earn 2.5% per day on your deposit</p>", true},
		{"shop", "/ <p>Three months of service for 9 dollars</p>", false},
		{"charity", "/ <p>Donate to our wells.</p><p>Your donation is doubled by a donor.</p>", false},
		{"yayasan", "/ <p>Donasi untuk sumur kami.</p><p>Setiap donasi dicatat untuk anda.</p>", false},
		{"instituto", "/ <p>Faça uma doação para a nossa casa.</p><p>As doações são para as crianças.</p>", false},
	} {
		if x := features(t, visit("a.example", c.page, till), Facts{})[codeWallet]; x.Acts != c.acts {
			t.Errorf("%s: acts is %v: %+v", c.name, x.Acts, x)
		}
	}
}

// TestDocumentationAsksForNothing: how to receive coins, in a manual, is no deposit.
func TestDocumentationAsksForNothing(t *testing.T) {
	manual := "/ " + strings.Repeat("<code>wallet receive</code>", 9) + "<p>Your deposit address is shown: " + tron + "</p>"
	if x := features(t, visit("a.example", manual), Facts{}); x[codeDeposit].Value > 0 || x[codeWallet].Value > spokenOf || x[codeWallet].Acts {
		t.Errorf("%s, %s", says(codeDeposit, x), says(codeWallet, x))
	}
	if x := features(t, visit("a.example", "/ <p>Your deposit address is shown: "+tron+"</p>"), Facts{}); x[codeDeposit].Value == 0 {
		t.Error("a page that is none asks for no deposit")
	}
}

// TestHonestWordsConfirmNothing: reasons that honest sites give as well fill no group by which a site is confirmed, nor do money groups alone.
func TestHonestWordsConfirmNothing(t *testing.T) {
	r := handSet(t)
	verdictOf := func(codes ...string) extractors.Verdict {
		var all []Feature
		for _, code := range codes {
			all = append(all, Feature{Code: code, Group: r.group(code), Value: 1, Acts: r.acts(code)})
		}
		return r.decide(r.Reasons(all), Facts{})
	}
	for _, c := range []struct {
		codes     string
		confirmed bool
	}{
		{"wording deposit_words proof_of_payment easy_money bonus_offer regulated_words hurry countdown young_domain visitor_form widget_shell", false},
		{"deposit_wallet release_fee wording licence_shape older_than_domain young_domain", false},
		{"deposit_wallet release_fee promised_return plan_table", true},
		{"brand_title brand_files deposit_wallet wording", true},
	} {
		v := verdictOf(strings.Fields(c.codes)...)
		if v.Confirmed != c.confirmed || v.Label != extractors.LabelFake {
			t.Errorf("%s: %s, score %.3f, groups %v, confirmed %v", c.codes, v.Label, v.Score, v.Groups, v.Confirmed)
		}
	}
}

// TestNamedOwner: who prints the number of the firm that carries out orders, and names it, has not borrowed it.
func TestNamedOwner(t *testing.T) {
	bare := features(t, visit("a.example", "/ <p>Authorised by the FCA, FRN 583263</p>"), Facts{})[codeBorrowed]
	named := features(t, visit("a.example", "/ <p>Orders are carried out by eToro, authorised by the FCA, FRN 583263</p>"), Facts{})[codeBorrowed]
	if !(named.Value > 0 && named.Value < bare.Value/2) {
		t.Errorf("named %+v, bare %+v", named, bare)
	}
}
