// The document as HTML: what stands in shadow roots and in frames of the same origin in its place, what was typed or chosen as
// attributes. Stops at so many bytes, nodes and milliseconds.
((dom, max, maxNodes, maxMS) => {
  const HTML = 'http://www.w3.org/1999/xhtml';
  const VOID = new Set(['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'track', 'wbr']);
  const RAW = new Set(['script', 'style', 'noscript', 'xmp', 'noembed', 'noframes', 'plaintext']);
  const TYPED = new Set(['text', 'search', 'tel', 'url', 'email', 'number', 'hidden', 'date', 'button', 'submit', 'range']);
  const inviting = /invit|inv.?code|referr?al|promo|邀请|邀請|推荐码|推薦碼|приглаш|реферал|convite|convidad|mời|giới thiệu|undangan|einlad|招待|초대|เชิญ|دعوة|davet/i;
  const until = performance.now() + maxMS;
  const out = [];
  let size = 0, owed = 0, nodes = 0, cut = false, letters = 0, elements = 0, frames = 0, password = false, invite = false;

  const bytes = (s) => {
    if (!/[^\x00-\x7f]/.test(s)) return s.length;
    let n = s.length;
    for (let i = 0; i < s.length; i++) {
      const c = s.charCodeAt(i);
      if (c > 0x7f) n += c > 0x7ff && (c < 0xd800 || c > 0xdfff) ? 2 : 1;
    }
    return n;
  };
  // owed is what the ends of open elements will take.
  const put = (s) => {
    const n = bytes(s);
    if (size + owed + n > max) { cut = true; return false; }
    size += n;
    out.push(s);
    return true;
  };
  const clip = (s) => {
    const room = Math.max(0, max - size - owed);
    if (s.length <= room) return s;
    cut = true;
    return s.slice(0, room);
  };
  const putText = (s) => {
    if (put(s)) return;
    for (let n = Math.floor((max - size - owed) / 4); n > 0 && s.length > 0;) { // what still fits
      out.push(s.slice(0, n).replace(/&[^;]{0,6}$/, ''));
      size += bytes(out[out.length - 1]);
      return;
    }
  };
  const escape = (s) => (/[&<>\u00a0]/.test(s) ? s.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/\u00a0/g, '&nbsp;') : s);
  const quote = (s) => (/[&"\u00a0]/.test(s) ? s.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/\u00a0/g, '&nbsp;') : s);
  const item = dom.call(NamedNodeMap, 'item'), count = dom.get(NamedNodeMap, 'length'), name = dom.get(Attr, 'name'), value = dom.get(Attr, 'value');
  const checked = dom.get(HTMLInputElement, 'checked'), selected = dom.get(HTMLOptionElement, 'selected');
  const written = dom.get(HTMLTextAreaElement, 'value'), content = dom.get(HTMLTemplateElement, 'content');

  const start = (e, tag, own, frame) => {
    let s = '<' + tag;
    const list = dom.attrs(e), n = count(list);
    const input = own && tag === 'input', option = own && tag === 'option';
    const kind = input ? dom.kind(e) : '';
    for (let i = 0; i < n; i++) {
      if (i >= 300) { cut = true; break; }
      const a = item(list, i), k = name(a), v = value(a);
      if (option && k === 'selected' || input && (k === 'checked' || k === 'value' && (kind === 'password' || TYPED.has(kind)))) continue;
      if (k === 'srcdoc' && frame) continue; // its document follows
      if (s.length + v.length > 600000 || size + owed + s.length + v.length > max) { cut = true; continue; }
      s += ' ' + k + '="' + quote(v.toWellFormed()) + '"';
    }
    if (input) {
      if (kind === 'password') password = true;
      else if (TYPED.has(kind) && dom.value(e) !== '') s += ' value="' + quote(dom.value(e).slice(0, 5000).toWellFormed()) + '"';
      if (checked(e)) s += ' checked=""';
      if (kind !== 'hidden' && inviting.test(dom.attr(e, 'name') + ' ' + dom.attr(e, 'placeholder') + ' ' + dom.attr(e, 'id'))) invite = true;
    }
    if (option && selected(e)) s += ' selected=""';
    return s + '>';
  };
  const stack = [];
  const push = (next, close, quiet, raw) => {
    owed += close.length;
    stack.push({ next, close, quiet, raw });
  };

  put('<!DOCTYPE html>');
  push(dom.root(document), '', false);
  stack[0].one = true;
  while (stack.length > 0 && !(cut && size + owed >= max)) {
    const top = stack[stack.length - 1], node = top.next;
    if (!node) {
      stack.pop();
      owed -= top.close.length;
      put(top.close);
      continue;
    }
    top.next = top.one ? null : dom.next(node);
    if (++nodes > maxNodes || (nodes & 255) === 0 && performance.now() > until) { cut = true; break; }
    const type = dom.type(node);
    if (type === 3 || type === 4) {
      const s = dom.data(node);
      if (top.raw) putText(clip(s).replace(/<(?=\/(script|style|noscript|xmp))/gi, '<\\').toWellFormed());
      else putText(escape(clip(s).toWellFormed()));
      if (!top.quiet) letters += s.replace(/[\s\u200b\ufeff]+/g, '').length;
      continue;
    }
    if (type === 8) {
      const s = dom.data(node);
      if (s.length < 20000) put('<!--' + s.replace(/--/g, '- -').replace(/^-?>/, '').replace(/-$/, '- ').toWellFormed() + '-->');
      continue;
    }
    if (type !== 1) continue;
    const own = dom.ns(node) === HTML, tag = own ? dom.tag(node) : dom.tagName(node), close = '</' + tag + '>';
    elements++;
    const frame = frames < 20 ? dom.inside(node, tag) : null;
    const head = start(node, tag, own, frame), shadow = dom.shadow(node), raw = own && RAW.has(tag);
    if (own && VOID.has(tag)) { put(head); continue; }
    owed += close.length;
    const fits = put(head);
    owed -= close.length;
    if (!fits) { if (bytes(head) < 2000) break; continue; } // one that is too large for what is left is left out
    const inner = own && tag === 'template' ? dom.first(content(node)) : dom.first(node);
    const quiet = top.quiet || raw || tag === 'template' || tag === 'head' || tag === 'title';
    if (frame && dom.root(frame)) {
      frames++;
      put(close);
      const body = dom.body(frame), top = dom.head(frame);
      if (!put('<div data-frame-src="' + quote(String(dom.url(frame)).slice(0, 2000)) + '">')) continue;
      push(null, '</div>', quiet);
      if (body) push(dom.first(body), '', quiet);
      if (top) push(dom.first(top), '', true);
      continue;
    }
    push(inner, close, quiet, raw);
    if (own && tag === 'textarea') { stack[stack.length - 1].next = null; putText(escape(clip(written(node)).toWellFormed())); }
    if (shadow && put('<div data-shadow-root="">')) push(dom.first(shadow), '</div>', quiet);
  }
  for (let i = stack.length - 1; i >= 0; i--) out.push(stack[i].close);
  return JSON.stringify({
    html: out.join(''), title: String(dom.title(document)).slice(0, 4000), url: location.href.slice(0, 8000),
    text: letters, elements, truncated: cut, password, invite, frames,
  });
})
