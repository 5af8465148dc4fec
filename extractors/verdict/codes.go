package verdict

import "slices"

// Codes of reasons that are found by code. verdict.yaml says what each is called, rests on, and weighs.
const (
	codeReturn    = "promised_return"
	codeDoubled   = "doubled_money"
	codeGuarantee = "guaranteed_profit"
	codeNoRisk    = "no_risk"
	codeEasy      = "easy_money"
	codePlans     = "plan_table"
	codeReferral  = "referral_levels"
	codeGiveaway  = "giveaway"
	codePayout    = "instant_payout"
	codeBonus     = "bonus_offer"
	codeRecovery  = "recovery_offer"
	codeMoonshot  = "moonshot"
	codeTasks     = "paid_tasks"

	codeWallet  = "deposit_wallet"
	codeDeposit = "deposit_words"
	codeRelease = "release_fee"
	codeSeed    = "seed_phrase"
	codeDrainer = "wallet_drainer"
	codeProof   = "proof_of_payment"

	codeLive      = "live_payouts"
	codeCountdown = "countdown"
	codeHurry     = "hurry"

	codeRegulated = "regulated_words"
	codeShape     = "licence_shape"
	codeBorrowed  = "licence_borrowed"
	codeShared    = "number_shared"
	codeFounded   = "older_than_domain"
	codeBoast     = "boasted_crowd"

	codeForm = "visitor_form"
	codeChat = "chat_contact"

	codeBrandTitle = "brand_title"
	codeBrandHost  = "brand_host"
	codeBrandFiles = "brand_files"
	codePosing     = "regulator_posing"

	codeRule    = "rule"
	codeForeign = "foreign_keys"
	codeWidgets = "widget_shell"
	codeFiller  = "filler_text"
	codeShell   = "kit_words"

	codeYoung    = "young_domain"
	codeKit      = "kit_confirmed"
	codeOperator = "operator_confirmed"
	codeCloaking = "cloaking"

	codeArticle  = "article"
	codeDocs     = "documentation"
	codeWarns    = "warns_of_frauds"
	codeTold     = "tells_of_others"
	codeRisk     = "risk_notice"
	codeOld      = "old_domain"
	codeLicensed = "own_licence"
	codeAsks     = "asks_nothing"
	codeOffTopic = "off_topic"

	codeWording = "wording"
	codePlain   = "plain_wording"

	codePoor = "poor_page"
	codeSafe = "safe_list"

	rulePrefix = "rule:"
	groupKin   = "kin"

	groupPromise   = "promise"
	groupImitation = "imitation"
	groupKit       = "kit"
)

// codes gives all that verdict.yaml must have.
func codes() []string {
	return []string{codeReturn, codeDoubled, codeGuarantee, codeNoRisk, codeEasy, codePlans, codeReferral, codeGiveaway, codePayout, codeBonus, codeRecovery, codeMoonshot, codeTasks,
		codeWallet, codeDeposit, codeRelease, codeSeed, codeDrainer, codeProof, codeForm, codeChat, codeLive, codeCountdown, codeHurry,
		codeRegulated, codeShape, codeBorrowed, codeShared, codeFounded, codeBoast, codeBrandTitle, codeBrandHost, codeBrandFiles, codePosing,
		codeRule, codeForeign, codeWidgets, codeFiller, codeShell, codeYoung, codeKit, codeOperator, codeCloaking,
		codeArticle, codeDocs, codeWarns, codeTold, codeRisk, codeOld, codeLicensed, codeAsks, codeOffTopic, codeWording, codePlain, codePoor, codeSafe}
}

// wordCodes are reasons that are nothing but phrases.
func wordCodes() []string {
	return []string{codeDoubled, codeGuarantee, codeNoRisk, codeEasy, codeGiveaway, codePayout, codeBonus, codeRecovery, codeMoonshot, codeTasks, codeDeposit, codeRelease, codeSeed, codeProof,
		codeLive, codeHurry, codeRegulated, codeBoast, codeFiller, codeShell}
}

// Topics are phrases that are no reason by themselves, but tell what a page is about.
const (
	topicFinance  = "finance"  // money, coins, trading
	topicDonation = "donation" // asks for gifts
	topicRisk     = "risk"     // warns of losses
	topicCode     = "code"     // of documentation

	topicReferral = "referral"
	topicDeposit  = "deposit" // pays in, of whatever kind
	topicBoard    = "board"   // people talk to each other: posts, replies, moderators
)

func topics() []string {
	return []string{topicFinance, topicDonation, topicRisk, topicCode, topicDeposit, topicReferral, topicBoard}
}

func isTopic(code string) bool { return slices.Contains(topics(), code) }
