// Presses or chooses what steps.js has found under a number. From the first time on, nothing of this document is submitted: the browser
// itself forbids it by a policy, which holds for whatever way a script of the page takes, and submit events are stopped.
((dom, id) => {
  const it = globalThis.kept?.[id];
  if (!it || !dom.connected(it.e)) return JSON.stringify({ ok: false, why: 'gone' });
  const e = it.e;
  if (!it.safe()) return JSON.stringify({ ok: false, why: 'not what it was' });
  const make = dom.call(Document, 'createElement'), put = dom.call(Node, 'appendChild'), set = dom.call(Element, 'setAttribute'), drop = dom.call(Element, 'remove');
  const guarded = globalThis.guarded ??= new WeakSet();
  const stop = (x) => { x.preventDefault(); x.stopImmediatePropagation(); };
  const guard = (d) => {
    if (guarded.has(d)) return;
    guarded.add(d);
    const rule = make(d, 'meta'), head = dom.head(d);
    set(rule, 'http-equiv', 'Content-Security-Policy');
    set(rule, 'content', "form-action 'none'");
    const where = head || put(dom.root(d), make(d, 'head'));
    put(where, rule); // a policy stays when its element goes
    drop(rule);
    if (!head) drop(where);
    dom.window(d)?.addEventListener('submit', stop, true);
  };
  if (dom.root(document)) guard(document);
  for (const x of dom.all(20000, 300)) {
    const inside = dom.inside(x, dom.tag(x));
    if (inside && dom.root(inside)) guard(inside);
  }
  try { dom.call(Element, 'scrollIntoView')(e, { block: 'center', behavior: 'instant' }); } catch { /* not shown */ }
  const fire = (event) => dom.call(EventTarget, 'dispatchEvent')(e, event);
  if (it.index !== undefined) {
    const option = dom.list(e)[it.index];
    if (!option) return JSON.stringify({ ok: false, why: 'gone' });
    Reflect.apply(Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'selectedIndex').set, e, [it.index]);
    for (const name of ['input', 'change']) fire(new Event(name, { bubbles: true, composed: true }));
    return JSON.stringify({ ok: true, label: dom.words(option).trim().slice(0, 80).toWellFormed() });
  }
  const b = dom.box(e), label = dom.text(e, 80), view = dom.window(dom.get(Node, 'ownerDocument')(e)) ?? window;
  const at = { bubbles: true, cancelable: true, composed: true, view, detail: 1, clientX: b.x + b.width / 2, clientY: b.y + b.height / 2, button: 0 };
  const pointer = { ...at, pointerId: 1, isPrimary: true, pointerType: navigator.maxTouchPoints > 0 ? 'touch' : 'mouse' };
  fire(new PointerEvent('pointerdown', { ...pointer, buttons: 1 }));
  if (navigator.maxTouchPoints > 0) {
    const t = new Touch({ identifier: 1, target: e, clientX: at.clientX, clientY: at.clientY });
    fire(new TouchEvent('touchstart', { ...at, touches: [t], targetTouches: [t], changedTouches: [t] }));
    fire(new TouchEvent('touchend', { ...at, touches: [], targetTouches: [], changedTouches: [t] }));
  }
  fire(new MouseEvent('mousedown', { ...at, buttons: 1 }));
  fire(new PointerEvent('pointerup', pointer));
  fire(new MouseEvent('mouseup', at));
  if (dom.connected(e)) fire(new PointerEvent('click', pointer));
  return JSON.stringify({ ok: true, label });
})
