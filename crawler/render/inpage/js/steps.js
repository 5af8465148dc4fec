// What leads on from here: links to pages of the site, things to press, things to choose. Kept by number in this world for take.js.
((words, max, maxElements) => {
  const lower = (s) => String(s || '').replace(/\s+/g, ' ').trim().toLowerCase();
  const host = location.hostname;
  const base = host.split('.').slice(-2).join('.');
  const ours = (h) => h === host || h === base || h.endsWith('.' + base);
  const score = (s) => {
    let best = 0;
    for (const [w, n] of words.want) if (n > best && s.includes(w)) best = n;
    return best;
  };
  const never = (s) => words.never.some((w) => s.includes(w));
  const leave = (s) => words.leave.some((w) => s.includes(w));
  const coin = (s) => s.length <= 40 && s.split(/[^a-z0-9]+/).some((t) => words.coin.includes(t));
  const roots = [document];
  const seen = (e) => {
    const r = e.getBoundingClientRect();
    return r.width > 4 && r.height > 4 && (!e.checkVisibility || e.checkVisibility({ visibilityProperty: true }));
  };
  const label = (e) => String(e.innerText || e.getAttribute('aria-label') || e.title || e.value || (e.querySelector && e.querySelector('img[alt]') || {}).alt || '').replace(/\s+/g, ' ').trim().slice(0, 80);
  const found = [], names = new Set();
  const kept = [];
  const add = (kind, e, text, n, extra) => {
    const name = kind + '\n' + text + '\n' + (extra && extra.url || '');
    if (n <= 0 || names.has(name) || found.length > 400) return;
    names.add(name);
    found.push({ id: kept.length, kind, url: extra && extra.url || '', label: text, score: n });
    kept.push({ e, index: extra && extra.index });
  };
  const link = (e) => {
    const href = e.getAttribute('href') || '';
    if (e.hasAttribute('download')) return true;
    let u;
    try { u = new URL(href, document.baseURI); } catch { return true; }
    if (!/^https?:$/.test(u.protocol)) return u.protocol !== 'javascript:';
    if (!ours(u.hostname)) return true;
    const here = u.href.split('#')[0] === location.href.split('#')[0];
    if (here && !/^#!?\//.test(u.hash)) return false; // an anchor or a tab
    const text = label(e), s = lower(text);
    let where = '';
    try { where = lower(decodeURIComponent(u.pathname + u.hash).replace(/[-_/.]+/g, ' ')); } catch { where = lower(u.pathname); }
    if (!leave(s) && !leave(where) && !/\.(zip|apk|ipa|exe|dmg|pdf|mobileconfig|rar|7z)$/i.test(u.pathname)) add('visit', e, text || u.pathname.slice(0, 80), Math.max(score(s), score(where)), { url: u.href.slice(0, 2000) });
    return true;
  };
  const choice = (e) => {
    const options = [...e.options].slice(0, 40);
    if (!options.some((o) => coin(lower(o.text)) || coin(lower(o.value)))) return;
    options.slice(0, 12).forEach((o, index) => {
      if (!o.disabled && lower(o.text)) add('choose', e, o.text.trim().slice(0, 80), index === e.selectedIndex ? 0 : 11, { index });
    });
  };
  const submits = (e) => {
    const form = e.form || e.closest('form');
    if (!form) return false;
    if (e.tagName === 'BUTTON') return e.type !== 'button';
    return e.tagName === 'INPUT' && /^(submit|image|reset)$/.test(e.type);
  };
  const press = (e) => {
    const text = label(e), s = lower(text);
    if (!s || s.length > 40 || never(s) || submits(e)) return;
    const n = coin(s) ? 9 : score(s);
    const hidden = /tab|collapse|accordion|swiper|segment|radio|network|coin|chain|currency/i.test(e.className + ' ' + (e.getAttribute('role') || '')) ? 1 : 0;
    add('press', e, text, n > 0 ? n + hidden : 0);
  };
  let count = 0;
  for (let r = 0; r < roots.length && r < 60; r++) {
    for (const e of roots[r].querySelectorAll('*')) {
      if (++count > maxElements) break;
      if (e.shadowRoot) roots.push(e.shadowRoot);
      const tag = e.localName;
      if (tag === 'iframe') { try { if (e.contentDocument) roots.push(e.contentDocument); } catch { /* another origin */ } continue; }
      if (tag === 'select') { if (seen(e)) choice(e); continue; }
      if (tag === 'a' && e.hasAttribute('href')) { if (seen(e) && !link(e)) press(e); continue; }
      if (tag === 'input') {
        if (e.type === 'radio' || e.type === 'button') {
          const l = e.labels && e.labels[0];
          if (l && coin(lower(label(l)))) add('press', e, label(l), e.checked ? 0 : 9); else if (e.type === 'button' && seen(e)) press(e);
        }
        continue;
      }
      if (tag === 'button' || tag === 'summary' || e.hasAttribute('onclick') || /^(tab|button|radio|option|menuitem|link)$/.test(e.getAttribute('role') || '')) { if (seen(e)) press(e); continue; }
      if (e.childElementCount > 3 || tag === 'script' || tag === 'style' || tag === 'option') continue;
      const s = lower(e.textContent);
      if (!s || s.length > 40 || !(coin(s) || score(s) > 0) || !seen(e)) continue;
      if (getComputedStyle(e).cursor === 'pointer' || /tab|item|btn|button|cell|menu|nav/i.test(String(e.className))) press(e);
    }
  }
  found.sort((a, b) => b.score - a.score || a.id - b.id);
  globalThis.kept = kept;
  return JSON.stringify(found.slice(0, max));
})
