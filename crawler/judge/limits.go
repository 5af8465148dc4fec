package judge

const (
	LittleText = 3000 // visible bytes up to which a page can be a hoster's, a dealer's, or a mere signpost

	someElements = 20       // elements a page needs to be something without text: a drawing in plain styled boxes
	maxSignBytes = 64 << 10 // of the body looked at for signs
	maxNote      = 200      // bytes of an error text kept

	// A login page among the walls seen holds a slogan, a legal line and a few links beside its form; content begins above: a forum of four topics has 95 letters.
	maxWallBytes = 512 << 10 // of a page that is looked at as a wall
	maxWallText  = 60        // letters beside the form that say nothing about logging in or invitations; an ideograph counts as three
	maxInviteSay = 160       // letters of one piece of text that is excused because it speaks of invitations,
	maxLoginSay  = 80        // of logging in,
	maxAsideSay  = 48        // of what stands beside such forms
	maxWallWords = 900       // letters of all visible text
	maxWallMedia = 10        // pictures, frames, videos
	maxFields    = 12        // inputs a form of login or registration has at most
)
