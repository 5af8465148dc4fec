package verdict

import "testing"

// TestWords: what lures say, in each language, and next to it what honest sites say with nearly the same words.
func TestWords(t *testing.T) {
	for _, c := range []struct{ code, lures, honest string }{
		{codeGuarantee, "We guarantee a profit of 40% on your first trade.", "We never guarantee profits on any trade."},
		{codeGuarantee, "Guaranteed profit for every member of the club.", "Criminals promise guaranteed profit and then ask for more."},
		{codeGuarantee, "Your returns are guaranteed by our desk.", `Words such as "guaranteed profit" should make you leave.`},
		{codeGuarantee, "我们保证每日收益，您可以放心。", "我们不保证任何收益，您的本金可能亏损。"},
		{codeGuarantee, "我們保證您的獲利，請放心。", "詐騙集團保證獲利，請民眾小心。"},
		{codeGuarantee, "Мы гарантируем доход каждому вкладчику.", "Мы не гарантируем доход по вкладам."},
		{codeGuarantee, "Te ofrecemos ganancias garantizadas con tu cuenta.", "No hay ganancias garantizadas en ningún mercado."},
		{codeGuarantee, "Temos lucro garantido para você todos os meses.", "Nunca existe lucro garantido, desconfie de quem fala nisso."},
		{codeGuarantee, "Lợi nhuận được đảm bảo cho mọi nhà đầu tư của chúng tôi.", "Không có lợi nhuận đảm bảo trong đầu tư."},
		{codeGuarantee, "Keuntungan dijamin untuk semua anggota kami.", "Kami tidak pernah menjamin keuntungan kepada anda."},
		{codeGuarantee, "Bei uns sind Ihnen garantierte Gewinne sicher.", "Es gibt keine garantierten Gewinne an der Börse."},
		{codeGuarantee, "Nous vous offrons des profits garantis.", "Il n'existe pas de profits garantis en bourse."},
		{codeGuarantee, "当社の利益は保証されています。", "当社は利益を保証しません。"},
		{codeGuarantee, "저희는 수익을 보장합니다.", "저희는 수익을 보장하지 않습니다."},
		{codeGuarantee, "เรารับประกันกำไรให้คุณทุกเดือน", "เราไม่รับประกันกำไรให้คุณ"},
		{codeGuarantee, "Você entra no clube e tem lucro garantido para o mês.", "Você não tem lucro garantido para o mês."}, // no: in the
		{codeReturn, "Você recebe no plano 3% por dia, e nós pagamos para você.", "Nós não pagamos para você 3% por dia."},
		{codeNoRisk, "Arbitrage without any risk.", "All trading carries risk."},
		{codeNoRisk, "Handeln Sie bei uns ohne Risiko.", "Der Handel ist mit Risiko verbunden."},
		{codeNoRisk, "元本保証で安心です。", "投資信託は元本保証ではありません。"},
		{codeRelease, "You must pay a tax of 15% before you can withdraw.", "Withdrawals never require a tax or a deposit with us."},
		{codeRelease, "提现前需缴纳个人所得税。", "提现免费，当天到账。"},
		{codeRelease, "提现前需缴纳保证金。", "中奖须缴纳个人所得税，由中心代扣。"},
		{codeRelease, "출금하려면 보증금을 먼저 납부하세요.", "누가 출금하려면 보증금을 먼저 내라고 합니까."},
		{codeRelease, "Para retirar debe pagar una comisión.", "Me piden una comisión: para retirar debe pagar una comisión."},
		{codeRelease, "Pour retirer, vous devez payer des frais.", "On me demande des frais pour retirer."},
		{codeMoonshot, "This is the next 100x gem.", "The contract is 0x05604623."},
		{codeDoubled, "We double your money.", "Every donation this week: a donor will double your money."},
		{codeRecovery, "ตามเงินคืน ให้คุณได้ภายในวันเดียว", "ตามข่าว คืน วันเดียว"},
		{codeRecovery, "当センターの回収実績をご覧ください。", "当センターの実績をご覧ください。"},
		{codeSeed, "Enter your 12 word recovery phrase to go on.", "Never enter your recovery phrase on any page."},
		{codeGiveaway, "Send 1 BTC and get 2 BTC back at once.", "Deepfakes tell viewers to send 1 BTC and get 2 BTC back."},
		{codeDoubled, "Double your bitcoin in one day.", "People who offer to double your bitcoin are thieves."},
		{codeProof, "Upload a screenshot of your payment.", "Upload a picture of your passport."},
		{codeRecovery, "We recover your lost funds from any broker.", "We recover your account password by e-mail."},
		{codeTasks, "Complete 40 tasks and earn a commission for each order.", "Complete your order and pay at the till."},
		{codeDeposit, "Send only USDT to this address.", "Send only signed letters to our office."},
		{codeReturn, "Earn 8% daily with Nova.", "Bitcoin rallies 8% – Nova Crypto Daily"},
		{codeReferral, "Level 1 team rebate 12%, level 2 team rebate 4%.", "Refer a friend and you both get 10 off."},
		// Of this code the honest stand first: a warning of losses, and its words turned round.
		{codeRisk, "Past performance is not a reliable guide to the future.", "Past performance is a reliable guide to the future."},
		{codeRisk, "Your capital is at risk.", "Your capital is never at risk."},
		{codeRisk, "Trading involves a high risk of loss.", "Trading with us involves no risk of loss."},
		{codeRisk, "We do not guarantee any return.", "You can never lose your money with us."},
		{codeRisk, "Die frühere Wertentwicklung ist kein verlässlicher Hinweis auf die Zukunft.", "Die frühere Wertentwicklung ist ein verlässlicher Hinweis auf die Zukunft."},
		{codeRisk, "Es besteht ein hohes Risiko.", "Es besteht kein hohes Risiko."},
		{codeRisk, "Les performances passées ne préjugent pas des performances futures.", "Les performances passées annoncent les performances futures."},
		{codeRisk, "Cet investissement comporte des risques de perte.", "Cet investissement ne comporte aucun risque de perte."},
		{codeRisk, "Las rentabilidades pasadas no garantizan las futuras.", "Las rentabilidades pasadas garantizan las futuras."},
		{codeRisk, "La inversión conlleva un alto riesgo.", "La inversión no conlleva ningún alto riesgo."},
		{codeRisk, "A rentabilidade obtida no passado não representa garantia de resultados futuros.", "A rentabilidade obtida no passado representa garantia de resultados futuros."},
		{codeRisk, "O desempenho passado não garante o que vem.", "O desempenho passado é o que vem para você."},
		{codeRisk, "Прошлые результаты не гарантируют будущих.", "Прошлые результаты говорят о будущих."},
		{codeRisk, "Для вас это высокий риск.", "Для вас это не высокий риск."},
		{codeRisk, "Kinerja masa lalu bukan jaminan untuk hasil mendatang.", "Kinerja masa lalu adalah jaminan untuk hasil mendatang."},
		{codeRisk, "Hiệu suất trong quá khứ không phải là bảo đảm cho tương lai.", "Hiệu suất trong quá khứ là bảo đảm cho tương lai của bạn."},
		{codeRisk, "过往业绩不代表将来的表现。", "过往业绩就是将来的表现。"},
		{codeRisk, "投资有风险，请您谨慎。", "我们没有高风险，请您放心。"},
		{codeRisk, "過去の実績は将来の成果を約束するものではありません。", "過去の実績は将来の成果を約束するものです。"},
		{codeRisk, "この取引には損失が生じるおそれがあります。", "この取引では損失が生じることはありません。"},
		{codeRisk, "과거 수익률은 미래의 수익을 약속하지 않습니다.", "과거 수익률은 미래의 수익을 약속합니다."},
		{codeRisk, "ผลตอบแทนในอดีตมิได้เป็นสิ่งยืนยันถึงอนาคต", "ผลตอบแทนในอดีตเป็นสิ่งยืนยันถึงอนาคต"},
		{codeRisk, "การลงทุนนี้มีความเสี่ยง", "การลงทุนนี้ไม่มีความเสี่ยง"},
	} {
		for text, want := range map[string]bool{c.lures: true, c.honest: false} {
			got := features(t, visit("a.example", "/ <p>"+text+"</p>"), Facts{})
			if _, ok := got[c.code]; ok != want {
				t.Errorf("%q: %s, want it %v", text, says(c.code, got), want)
			}
		}
	}
}

// TestObfuscated: signs without width, wide letters and accents apart hide nothing.
func TestObfuscated(t *testing.T) {
	for _, text := range []string{"Guaran\u200bteed pro\u00adfit for all", "ＧＵＡＲＡＮＴＥＥＤ　ｐｒｏｆｉｔ for all", "GUARANTEED-PROFIT for all", "<b>Guaranteed</b> <i>profit</i> for all"} {
		if got := features(t, visit("a.example", "/ <p>"+text+"</p>"), Facts{}); got[codeGuarantee].Code == "" {
			t.Errorf("%q: not read", text)
		}
	}
	if got := features(t, visit("a.example", "/ <p>Chúng tôi đa\u0309m ba\u0309o lợi nhuận cho bạn và mọi người</p>"), Facts{}); got[codeGuarantee].Code == "" {
		t.Error("accents that stand apart are not read")
	}
}

// TestLanguage: a short page is enough.
func TestLanguage(t *testing.T) {
	for want, text := range map[string]string{
		"en": "This is how you can join our club, and what it will cost you.",
		"zh": "我们的平台为您提供服务，您可以在这里了解如何使用。",
		"ru": "Наш проект работает для вас, и вы можете узнать об этом здесь.",
		"es": "Nuestra empresa está en el centro de la ciudad y es para los vecinos.",
		"pt": "Nossa empresa fica no centro da cidade e não cobra nada pelo seu cadastro.",
		"vi": "Chúng tôi là một công ty và bạn có thể liên hệ với chúng tôi.",
		"id": "Kami adalah perusahaan yang dapat anda hubungi untuk bantuan ini.",
		"de": "Wir sind für Sie da und helfen Ihnen bei der Suche nach einem Haus.",
		"fr": "Nous sommes une entreprise de la région et vous pouvez nous appeler.",
		"ja": "私たちの会社はこの町にあります。お客様のご連絡をお待ちしています。",
		"ko": "저희 회사는 이 도시에 있으며 고객 여러분의 연락을 기다리고 있습니다.",
		"th": "เราเป็นบริษัทที่คุณสามารถติดต่อได้และมีการบริการให้กับทุกคน",
		"":   "Lorem 12345 BTC ETH USDT",
	} {
		in, f := find(visit("a.example", "/ <p>"+text+"</p>"))
		if got := handSet(t).Judge(in, f, Facts{}).Lang; got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
