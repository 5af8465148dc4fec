// What leads on from here: links to pages of the site, things to press, things to choose. Kept by number in this world for take.js; one
// element keeps its number while the document stands.
((dom, words, max, maxElements, maxMS) => {
  // Marks over letters are taken off, on the page and in the list: "dépôt" is found as "depot", too.
  const fold = (s) => s.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[\s_]+/g, ' ').trim();
  const address = (s) => fold(s.replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2').replace(/[^\p{L}\p{N}]+/gu, ' '));
  // One expression for a list of words: whole words in scripts with blanks, beginnings with *, anywhere in the others.
  const matcher = (list) => {
    const by = { 'Latin}\\p{N}': [], 'Cyrillic}\\p{N}': [], '': [] };
    for (const w of list) {
      const stem = fold(w.replace(/\*$/, '')).replace(/[.*+?^${}()|[\]\\-]/g, '\\$&'), rest = w.endsWith('*') ? '\\p{L}*' : '';
      const set = /^[\p{Script=Latin}\p{N}]/u.test(stem) ? 'Latin}\\p{N}' : /^\p{Script=Cyrillic}/u.test(stem) ? 'Cyrillic}\\p{N}' : '';
      by[set].push(set === '' ? stem : stem + rest);
    }
    const parts = [];
    for (const set of Object.keys(by)) {
      if (by[set].length === 0) continue;
      const any = '(?:' + by[set].join('|') + ')', edge = '[\\p{Script=' + set + ']';
      parts.push(set === '' ? any : '(?<!' + edge + ')' + any + '(?!' + edge + ')');
    }
    return new RegExp(parts.length > 0 ? parts.join('|') : '(?!)', 'u');
  };
  const wants = Object.entries(words.want).map(([n, list]) => [Number(n), matcher(list)]).sort((a, b) => b[0] - a[0]);
  const neverRE = matcher(words.never), leaveRE = matcher(words.leave), coinRE = matcher(words.coin), coinsRE = new RegExp(coinRE.source, 'gu');
  const score = (s) => { for (const [n, re] of wants) if (re.test(s)) return n; return 0; };
  const isCoin = (s) => s.length <= 40 && coinRE.test(s);
  // Nothing but names of coins and networks.
  const onlyCoin = (s) => isCoin(s) && !/\//.test(s) && s.replace(coinsRE, '').replace(/network|chain|mainnet|coin|token|网络|链|[^\p{L}]+/gu, '') === '';

  const form = { button: dom.get(HTMLButtonElement, 'form'), input: dom.get(HTMLInputElement, 'form') };
  const buttonType = dom.get(HTMLButtonElement, 'type'), control = dom.get(HTMLLabelElement, 'control'), labels = dom.get(HTMLInputElement, 'labels');
  const off = (e, tag) => (tag === 'button' || tag === 'input' || tag === 'select' || tag === 'option' || tag === 'fieldset') && dom.has(e, 'disabled') || dom.attr(e, 'aria-disabled') === 'true';
  const label = (e) => dom.text(e, 200) || dom.attr(e, 'aria-label') || dom.attr(e, 'title') || (dom.tag(e) === 'input' ? dom.value(e) || dom.attr(e, 'placeholder') : '') || '';
  const short = (s) => s.replace(/\s+/g, ' ').trim().slice(0, 80).toWellFormed();
  const seen = (e) => {
    const b = dom.box(e);
    return b.width > 4 && b.height > 4 && dom.shows(e, { visibilityProperty: true, opacityProperty: true });
  };
  const submits = (e, tag) => tag === 'button' && buttonType(e) !== 'button' && form.button(e) !== null ||
    tag === 'input' && (/^(submit|image|reset|file)$/.test(dom.kind(e)));
  const leads = (e, tag) => { // an address that is not a place on this page
    if (tag !== 'a' && tag !== 'area') return false;
    return dom.has(e, 'download') || dom.has(e, 'href') && !/^\s*(#(?![!/]).*)?$/.test(dom.attr(e, 'href'));
  };
  // Whether a press here, or what it sets off on its way up, could do what is never done.
  const forbidden = (e) => {
    if (neverRE.test(fold([dom.text(e, 200), dom.attr(e, 'aria-label'), dom.attr(e, 'title'), dom.attr(e, 'value')].join(' ')))) return true;
    for (let up = e, n = 0; up && n < 60; up = dom.up(up), n++) {
      if (dom.type(up) !== 1) continue;
      const tag = dom.tag(up);
      if (submits(up, tag) || leads(up, tag) || off(up, tag)) return true;
      if (tag === 'label') {
        const to = control(up);
        if (to && (submits(to, dom.tag(to)) || leads(to, dom.tag(to)))) return true;
      }
      if (n > 0 && (tag === 'a' || tag === 'button' || dom.attr(up, 'role') === 'button')) {
        const s = dom.text(up, 80);
        if (s.length < 80 && neverRE.test(fold(s))) return true;
      }
    }
    return false;
  };

  const kept = globalThis.kept ??= [], ids = globalThis.ids ??= new WeakMap();
  const number = (e, index) => {
    let own = ids.get(e);
    if (!own) ids.set(e, own = new Map());
    if (!own.has(index) && kept.length < 5000) { own.set(index, kept.length); kept.push({ e, index, safe: () => !forbidden(e) }); }
    return own.get(index) ?? -1;
  };
  const found = new Map();
  const add = (kind, e, text, n, more) => {
    if (n <= 0 || text === '') return;
    const name = kind[0] + '\n' + (more?.url ?? fold(text)) + '\n' + (more?.of ?? '');
    const old = found.get(name);
    // Of elements in each other that say the same, the inner one: what is pressed there comes past the outer.
    if (old && !(n > old.score || n === old.score && kind !== 'visit' && old.e !== e && dom.contains(old.e, e))) return;
    if (!old && found.size >= 1000) return;
    found.set(name, { e, kind, url: more?.url ?? '', label: short(text), score: Math.max(n, old?.score ?? 0), index: more?.index });
  };

  const here = location.href.split('#')[0];
  const near = (h) => h === location.hostname || h.split('.').slice(-2).join('.') === location.hostname.split('.').slice(-2).join('.');
  const link = (e) => {
    const href = dom.attr(e, 'href');
    if (dom.has(e, 'download') || href.length > 2000) return;
    let u;
    try { u = new URL(href, dom.base(e)); } catch { return; }
    if (!/^https?:$/.test(u.protocol) || u.username !== '' || !near(u.hostname)) return;
    if (u.href.split('#')[0] === here && !/^#!?\//.test(u.hash)) return;
    if (/\.(zip|apk|ipa|exe|msi|dmg|pkg|pdf|mobileconfig|rar|7z|docx?|xlsx?|png|jpe?g|gif|webp|svg|mp4|mp3|ico|css|js|json|xml|txt)$/i.test(u.pathname)) return;
    const text = label(e), s = fold(text.slice(0, 80));
    let where = u.pathname + ' ' + u.search + ' ' + u.hash;
    try { where = decodeURIComponent(where); } catch { /* as it is */ }
    where = address(where);
    if (leaveRE.test(s) || leaveRE.test(where) || neverRE.test(s) || neverRE.test(where)) return;
    const n = Math.max(text.length <= 80 ? score(s) : 0, score(where));
    if (!/^#!?\//.test(u.hash)) u.hash = '';
    add('visit', e, text || u.pathname.slice(0, 80), n > 1 && !seen(e) ? Math.ceil(n / 2) : n, { url: u.href.slice(0, 2000) });
  };
  let selects = 0;
  const choices = (e) => {
    const list = dom.list(e), n = Math.min(list.length, 40), all = [];
    for (let i = 0; i < n; i++) all.push(list[i]);
    if (!all.some((o) => isCoin(fold(dom.words(o))) || isCoin(fold(dom.attr(o, 'value')))) || off(e, 'select') || neverRE.test(fold(dom.attr(e, 'aria-label')))) return;
    selects++;
    all.forEach((o, index) => {
      const s = fold(dom.words(o));
      if (index >= 20 || off(o, 'option') || dom.attr(o, 'value') === '' && dom.has(o, 'value') || s === '' || neverRE.test(s)) return;
      add('choose', e, dom.words(o), dom.chosen(e) === index ? 1 : 11, { index, of: selects });
    });
  };
  const HINT = /(^|[-_\s])(tab|tabs|item|btn|button|cell|menu|nav|card|coin|chain|network|currency|option|radio|segment|picker|select|collapse|accordion|switch|chip|pill|link)s?([-_\s\d]|$)/i;
  const POINT = /^(tab|button|menuitem|menuitemradio|treeitem|combobox|switch|link)$/, PICK = /^(option|radio|menuitemradio)$/;
  const press = (e, tag, kind, sure) => {
    const text = label(e), s = fold(text);
    if (s === '' || s.length > 40) return;
    const pure = onlyCoin(s), pair = /[a-z]\s*\/\s*[a-z]/.test(s);
    let n = pure ? 9 : isCoin(s) && !pair ? 7 : score(s);
    if (n <= 0 && isCoin(s)) n = 2;
    if (n <= 0 || !seen(e)) return;
    const hint = /\b(tab|radio|option)\b/.test(dom.attr(e, 'role')) || HINT.test(dom.attr(e, 'class'));
    if (!sure && !hint && !(pure && group(e)) && getComputedStyle(e).cursor !== 'pointer') return;
    if (!sure && pure && holdsCoins(e) || forbidden(e)) return; // around a selector
    const on = dom.attr(e, 'aria-selected') === 'true' || dom.attr(e, 'aria-checked') === 'true';
    add(kind, e, text, on ? 1 : n + (hint && pure ? 1 : 0));
  };
  // Names of coins side by side are a selector, however it is made.
  const group = (e) => {
    const p = dom.parent(e);
    return p !== null && dom.type(p) === 1 && holdsCoins(p);
  };
  const holdsCoins = (p) => {
    let n = 0, i = 0;
    for (let c = dom.firstElement(p); c && i < 30; c = dom.nextElement(c), i++) if (onlyCoin(fold(dom.text(c, 41)))) n++;
    return n >= 2;
  };
  for (const e of dom.all(maxElements, maxMS)) {
    const tag = dom.tag(e), role = dom.attr(e, 'role');
    if (tag === 'script' || tag === 'style' || tag === 'option' || tag === 'template' || tag === 'head' || tag === 'meta') continue;
    if (tag === 'select') { choices(e); continue; }
    if ((tag === 'a' || tag === 'area') && dom.has(e, 'href') && leads(e, tag)) { link(e); continue; }
    if (tag === 'input') {
      const kind = dom.kind(e);
      if (kind === 'radio') {
        const l = labels(e)?.[0], text = l ? dom.text(l, 80) : dom.attr(e, 'aria-label') || dom.attr(e, 'value'), s = fold(text);
        if (isCoin(s) && !forbidden(e)) add('choose', e, text, Reflect.apply(Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'checked').get, e, []) ? 1 : 11);
      } else if (kind === 'button') press(e, tag, 'press', true);
      else if (dom.has(e, 'readonly') && kind === 'text') press(e, tag, 'press', false);
      continue;
    }
    if (tag === 'button' || tag === 'summary' || tag === 'a' || POINT.test(role) || dom.has(e, 'onclick') || dom.has(e, 'aria-controls') || dom.has(e, 'aria-expanded') || dom.has(e, 'data-toggle') || dom.has(e, 'data-bs-toggle')) {
      press(e, tag, PICK.test(role) ? 'choose' : 'press', true);
    } else if (PICK.test(role)) press(e, tag, 'choose', true);
    else if (dom.children(e) <= 4 && dom.first(e)) press(e, tag, 'press', false);
  }
  const steps = [];
  for (const f of [...found.values()].sort((a, b) => b.score - a.score).slice(0, max)) {
    const id = f.kind === 'visit' ? 0 : number(f.e, f.index);
    if (id >= 0) steps.push({ id, kind: f.kind, url: f.url, label: f.label, score: f.score });
  }
  return JSON.stringify({ host: location.hostname, steps });
})
