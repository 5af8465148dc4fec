package judge

import (
	"strings"
	"testing"

	"scamatlas/crawler"
)

// page is an answer that shows this markup.
func page(path, body string) *crawler.Response {
	return &crawler.Response{URL: "https://shop.test" + path, FinalURL: "https://shop.test" + path, Status: 200, ContentType: "text/html; charset=utf-8", Body: []byte(body)}
}

const (
	loginForm  = `<form method=post action=/login><label>Email</label><input type=email name=email><label>Password</label><input type=password name=pw><button>Log in</button></form>`
	newsletter = `<form method=post action=/news><input type=email name=email placeholder="Your e-mail"><button>Subscribe</button></form>`
)

// TestWalls: sites that show nothing but their door, one page each.
func TestWalls(t *testing.T) {
	for name, tc := range map[string]struct{ body, reason string }{
		"English, invitation": {`<title>Meridian</title><img src=/logo.png><h1>Meridian Private Club</h1><p>Please enter your invitation code to continue.</p>
			<form method=post><input name=code placeholder="Invitation code"><button>Continue</button></form><p>© 2026 Meridian. All rights reserved.</p>`, asksInvitation},
		"English, registration by referral": {`<h2>Create account</h2><form><input name=phone placeholder=Phone><select><option>Afghanistan +93<option>Albania +355</select><input type=password><input type=password>
			<input name=invite_code placeholder="Referral code (required)"><button>Register</button></form><a href=/login>Have an account? Log in</a>`, asksInvitation},
		"English, login":              {`<h1>Client area</h1>` + loginForm + `<a href=/forgot>Forgot password?</a> <a href=/register>Create an account</a>`, asksLogin},
		"English, login in two steps": {`<h1>Welcome back</h1><form><input type=text name=user placeholder="Phone or e-mail"><input type=submit value="Sign in"></form>`, asksLogin},
		"Chinese, invitation":         {`<div class=logo>环球量化</div><div>请输入邀请码</div><div class=field><input type=text></div><div class=btn>进入</div><div>没有邀请码？请联系客服</div>`, asksInvitation},
		"Chinese, login":              {`<div>欢迎登录</div><div><input type=tel placeholder=请输入手机号></div><div><input type=password placeholder=请输入密码></div><div>登录</div><div>忘记密码</div><div>注册账号</div>`, asksLogin},
		"Russian, invitation":         {`<h1>Закрытый клуб инвесторов</h1><p>Вход только по приглашениям. Введите код приглашения, который вы получили от вашего куратора.</p><form><input name=key><button>Продолжить</button></form>`, asksInvitation},
		"Russian, login":              {`<h1>Личный кабинет</h1><form><input name=login placeholder=Логин><input type=password placeholder=Пароль><button>Войти</button></form><a>Забыли пароль?</a>`, asksLogin},
		"Spanish, invitation":         {`<h1>Acceso privado</h1><label>Código de invitación</label><input type=text><button>Entrar</button><p>Todos los derechos reservados</p>`, asksInvitation},
		"Portuguese, invitation":      {`<p>Digite seu código de convite</p><form><input type=text id=c><button>Continuar</button></form>`, asksInvitation},
		"French, login":               {`<h1>Espace client</h1><form><input name=id placeholder=Identifiant><input type=password placeholder="Mot de passe"><button>Se connecter</button></form>`, asksLogin},
		"German, invitation":          {`<h1>Nur für Mitglieder</h1><form><label>Einladungscode</label><input><button>Weiter</button></form><a href=/impressum>Impressum</a>`, asksInvitation},
		"Turkish, invitation":         {`<p>Devam etmek için davet kodunuzu girin</p><form><input placeholder="Davet kodu"><button>Gönder</button></form>`, asksInvitation},
		"Indonesian, invitation":      {`<p>Masukkan kode undangan Anda</p><input type=text><button>Lanjut</button>`, asksInvitation},
		"Vietnamese, login":           {`<form><input placeholder="Tên đăng nhập"><input type=password placeholder="Mật khẩu"><button>Đăng nhập</button></form><a>Quên mật khẩu?</a>`, asksLogin},
		"Japanese, invitation":        {`<p>招待コードを入力してください</p><form><input type=text><button>送信</button></form>`, asksInvitation},
		"Korean, login":               {`<form><input placeholder=아이디><input type=password placeholder=비밀번호><button>로그인</button></form><a>회원가입</a>`, asksLogin},
		"Arabic, invitation":          {`<html dir=rtl><p>أدخل رمز الدعوة للمتابعة</p><form><input type=text><button>متابعة</button></form>`, asksInvitation},
		"Hindi, login":                {`<form><input placeholder="मोबाइल नंबर"><input type=password placeholder=पासवर्ड><button>लॉग इन</button></form>`, asksLogin},
		"Thai, invitation":            {`<p>กรุณากรอกรหัสแนะนำ</p><form><input type=text><button>ตกลง</button></form>`, asksInvitation},
	} {
		t.Run(name, func(t *testing.T) {
			reason, walled := New().Wall([]*crawler.Response{page("/", tc.body)})
			if !walled || reason != tc.reason {
				t.Errorf("%v %q, want %q", walled, reason, tc.reason)
			}
		})
	}
}

// TestNoWalls: ordinary pages that hold a login box, a newsletter form, a search, or a word about invitations.
func TestNoWalls(t *testing.T) {
	for name, body := range map[string]string{
		"a small shop with a login box":    `<h1>Miller's bakery</h1><p>Bread, rolls and cakes since 1921. Open Tuesday to Saturday from six to two, at the market square in Oldtown. Call us to order.</p>` + loginForm,
		"a few lines of a club":            `<h1>Ridge hikers</h1><ul><li>Sunday: to the lake<li>Monday: maps and tea<li>Friday: night walk with lamps<li>Saturday: bring a friend and boots</ul><aside>` + loginForm + `</aside>`,
		"a forum":                          `<nav>Home Rules Search</nav>` + loginForm + `<table><tr><td>Which kettle is best?<td>12<tr><td>Show your garden<td>80<tr><td>Cheap trains to the coast<td>7<tr><td>How do I mend a chair leg?<td>3</table>`,
		"a newsletter alone":               `<h1>Coming soon</h1><p>Leave your address and hear from us first.</p>` + newsletter,
		"a newsletter in Russian":          `<h1>Скоро открытие</h1><form><input type=email name=email placeholder="Ваш e-mail"><button>Подписаться</button></form>`,
		"a newsletter in Chinese":          `<h1>即将上线</h1><form><input type=email name=email placeholder=邮箱地址><button>订阅</button></form>`,
		"a newsletter with a login link":   `<a href=/login>Log in</a><h1>Soon</h1>` + newsletter,
		"a search page":                    `<h1>Search</h1><form><input name=q><button>Search</button></form>`,
		"a contact form":                   `<h1>Write to us</h1><form><input name=name placeholder=Name><input type=email name=mail><textarea name=text></textarea><button>Send</button></form>`,
		"a platform's front page":          `<h1>Earn 3 % a day</h1><p>Our traders invest for you in twelve markets. Choose a plan, deposit at least 100 USDT and withdraw whenever you like.</p><p>Share your invitation code and get 10 % of what your friends deposit.</p>` + loginForm,
		"a platform's front page, Spanish": `<h1>Invierte hoy</h1><p>Más de dos millones de personas ganan con nosotros cada día. Elige un plan, deposita y retira cuando quieras, sin comisiones.</p><p>Código de invitación: 10 % para ti</p><form><input name=user><input type=password><button>Iniciar sesión</button></form>`,
		"a platform's front page, Chinese": `<h1>全球领先的数字资产交易平台</h1><p>我们为超过两百万用户提供安全稳定的投资服务，每日收益百分之三，随时提现，全天候专业团队为您服务，立即加入我们的社区。</p><form><input placeholder=手机号><input type=password><button>登录</button></form>`,
		"a photo page with a login box":    strings.Repeat(`<img src=/p.jpg>`, 30) + loginForm,
		"a frame that scripts fill":        `<div id=app></div><script src=/app.js></script>`,
		"an invitation to a feast":         `<h1>You are invited</h1><p>The invitation code on your card opens the gate to the garden.</p>`,
		"no field at all":                  `<a href=/login>Log in</a>`,
		"a survey":                         `<form>` + strings.Repeat(`<input name=answer><input type=password>`, 10) + `<button>Log in</button></form>`,
		"text in buttons and labels":       `<form><input type=password></form>` + strings.Repeat(`<button>Read about our garden furniture of solid oak and the people who make it</button>`, 3),
		"an unclosed label":                `<form><input type=password></form><label>` + strings.Repeat(`<p>Read about our garden furniture of solid oak and the people who make it</p>`, 3),
	} {
		t.Run(name, func(t *testing.T) {
			if reason, walled := New().Wall([]*crawler.Response{page("/", body)}); walled {
				t.Errorf("a wall that %s", reason)
			}
		})
	}
}

// TestWallNeedsEveryPage: one page of content among the doors, and it is a site with a login; errors, files and terms do not count.
func TestWallNeedsEveryPage(t *testing.T) {
	door, invite := page("/", loginForm), page("/register", `<form><input name=invite><button>OK</button></form>`)
	content := page("/about", "<h1>About</h1>"+strings.Repeat("<p>We trade for you.", 30))
	missing := page("/x", "<h1>Not found</h1>")
	missing.Status = 404
	file := page("/data", "{}")
	file.ContentType = "application/json"
	terms := page("/user-terms.html", "<h1>Terms</h1>"+strings.Repeat("<p>You agree.", 300))
	for _, tc := range []struct {
		name   string
		pages  []*crawler.Response
		reason string
	}{
		{"door", []*crawler.Response{door}, asksLogin},
		{"door and invitation", []*crawler.Response{door, invite}, asksInvitation},
		{"invitation and door", []*crawler.Response{invite, door}, asksInvitation},
		{"door, error, file, terms", []*crawler.Response{door, missing, file, terms}, asksLogin},
		{"door and content", []*crawler.Response{door, content}, ""},
		{"content and door", []*crawler.Response{content, door}, ""},
		{"only an error", []*crawler.Response{missing}, ""},
		{"only terms", []*crawler.Response{terms}, ""},
		{"nothing", nil, ""},
	} {
		if reason, walled := New().Wall(tc.pages); reason != tc.reason || walled != (tc.reason != "") {
			t.Errorf("%s: %v %q, want %q", tc.name, walled, reason, tc.reason)
		}
	}
}

// TestWallWords: every word is in lower case and can be met.
func TestWallWords(t *testing.T) {
	w := newWalls()
	for kind, list := range map[string]*phrases{"invite": &w.invite, "login": &w.login, "aside": &w.aside, "legal": &w.legal} {
		if len(list.list) < 15 {
			t.Errorf("%s: %d words", kind, len(list.list))
		}
		for _, p := range list.list {
			if p.text != strings.ToLower(p.text) || !list.in("a "+p.text+" b") || strings.ContainsAny(p.text, "|*") {
				t.Errorf("%s: %+v", kind, p)
			}
		}
	}
	if w.login.in("the blogging industry catalog into") || !w.login.in("log in.") || !w.invite.in("по пригласительному билету") || w.invite.in("einladung") {
		t.Error("words are not met at their borders")
	}
}

func FuzzWall(f *testing.F) {
	f.Add([]byte(loginForm))
	f.Add([]byte("<form><label><input type=\xff name='\x00invite'><select><script>"))
	j := New()
	f.Fuzz(func(t *testing.T, body []byte) {
		if reason, walled := j.Wall([]*crawler.Response{page("/", string(body))}); walled != (reason != "") {
			t.Fatalf("%v %q", walled, reason)
		}
	})
}
