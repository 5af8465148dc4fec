// The document as HTML: what stands in shadow roots and in frames of the same origin in its place, what was typed or chosen as
// attributes. Stops at so many characters, nodes and milliseconds.
((max, maxNodes, maxMS) => {
  const VOID = new Set(['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'track', 'wbr']);
  const RAW = new Set(['script', 'style', 'noscript', 'xmp', 'noembed', 'noframes', 'plaintext']);
  const until = performance.now() + maxMS;
  const out = [];
  let size = 0, nodes = 0, cut = false, letters = 0, elements = 0, frames = 0, password = false, invite = false;
  const put = (s) => { size += s.length; if (size <= max) out.push(s); else cut = true; };
  const text = (s) => s.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/\u00a0/g, '&nbsp;');
  const attr = (s) => s.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/\u00a0/g, '&nbsp;');
  const room = () => Math.max(0, max - size);
  const short = (s) => (s.length > room() ? (cut = true, s.slice(0, room())) : s);
  const spaces = /[\s\u200b\ufeff]+/g;
  const inviting = /invit|referr?al|promo|邀请|邀請|推荐码|推薦碼|приглаш|реферал|convite|convidad|mời|giới thiệu|undangan|einlad|招待|초대|เชิญ|دعوة|davet/i;

  const open = (e, tag) => {
    let s = '<' + tag;
    let n = 0;
    const live = tag === 'input' || tag === 'option';
    for (const a of e.attributes) {
      if (n++ > 300) { cut = true; break; }
      if (live && (a.name === 'value' && tag === 'input' || a.name === 'selected' || a.name === 'checked')) continue;
      s += ' ' + a.name + '="' + attr(a.value.length > 100000 ? short(a.value) : a.value) + '"';
      if (s.length > max) { cut = true; break; }
    }
    if (tag === 'input') {
      if (e.type === 'password') password = true;
      else if (typeof e.value === 'string' && e.value !== '') s += ' value="' + attr(e.value.slice(0, 5000)) + '"';
      if (e.checked === true) s += ' checked=""';
      if (inviting.test((e.name || '') + ' ' + (e.placeholder || '') + ' ' + (e.id || ''))) invite = true;
    }
    if (tag === 'option' && e.selected === true) s += ' selected=""';
    return s + '>';
  };

  put('<!DOCTYPE html>');
  const stack = [{ next: document.documentElement, close: '', quiet: false, one: true }];
  while (stack.length > 0 && !cut) {
    const top = stack[stack.length - 1];
    const node = top.next;
    if (!node) { put(top.close); stack.pop(); continue; }
    top.next = top.one ? null : node.nextSibling;
    if ((++nodes & 511) === 0 && (nodes > maxNodes || performance.now() > until)) { cut = true; break; }
    if (node.nodeType === 3) {
      const s = node.data;
      if (top.raw) put(short(s).replace(/<\/(script|style)/gi, '<\\/$1'));
      else { put(text(short(s))); if (!top.quiet) letters += s.replace(spaces, '').length; }
      continue;
    }
    if (node.nodeType === 8) { if (node.data.length < 20000) put('<!--' + node.data.replace(/-->/g, '') + '-->'); continue; }
    if (node.nodeType !== 1) continue;
    const tag = node.namespaceURI === 'http://www.w3.org/1999/xhtml' ? node.localName : node.tagName;
    elements++;
    put(open(node, tag));
    if (VOID.has(tag)) continue;
    const close = '</' + tag + '>';
    const raw = RAW.has(tag);
    if (tag === 'textarea' && typeof node.value === 'string') { put(text(short(node.value))); put(close); continue; }
    let inner = node.firstChild;
    if (tag === 'template' && node.content) inner = node.content.firstChild;
    stack.push({ next: inner, close, raw, quiet: top.quiet || raw || tag === 'template' || tag === 'head' });
    if (node.shadowRoot) {
      put('<div data-shadow-root="">');
      stack.push({ next: node.shadowRoot.firstChild, close: '</div>', quiet: top.quiet });
    }
    if (tag === 'iframe' || tag === 'frame') {
      let inside = null;
      try { inside = node.contentDocument; } catch { /* another origin */ }
      if (inside && inside.documentElement && frames++ < 20) {
        stack.pop();
        put(close + '<div data-frame-src="' + attr(String(inside.URL).slice(0, 2000)) + '">');
        stack.push({ next: null, close: '</div>' });
        if (inside.body) stack.push({ next: inside.body.firstChild, close: '', quiet: top.quiet });
        if (inside.head) stack.push({ next: inside.head.firstChild, close: '', quiet: true });
      }
    }
  }
  if (cut) for (let i = stack.length - 1, n = 0; i >= 0 && n < 600; i--, n++) out.push(stack[i].close);
  return JSON.stringify({ html: out.join(''), title: String(document.title).slice(0, 4000), url: String(location.href).slice(0, 8000), text: letters, elements, truncated: cut, password, invite, frames });
})
