// Presses or chooses what steps.js has found under a number. Nothing is submitted: the event that would is stopped, here and, by
// shadows.js, for scripts of the page that submit without one.
((id, pressed) => {
  const it = globalThis.kept && globalThis.kept[id];
  if (!it || !it.e.isConnected) return JSON.stringify({ ok: false });
  const e = it.e;
  if (!globalThis.guarding) {
    globalThis.guarding = true;
    addEventListener('submit', (x) => { x.preventDefault(); x.stopImmediatePropagation(); }, true);
  }
  dispatchEvent(new CustomEvent(pressed));
  try { e.scrollIntoView({ block: 'center', behavior: 'instant' }); } catch { /* not shown */ }
  if (it.index !== undefined) {
    e.selectedIndex = it.index;
    for (const name of ['input', 'change']) e.dispatchEvent(new Event(name, { bubbles: true, composed: true }));
    return JSON.stringify({ ok: true, label: String(e.options[it.index] && e.options[it.index].text) });
  }
  const r = e.getBoundingClientRect();
  const at = { bubbles: true, cancelable: true, composed: true, view: window, clientX: r.x + r.width / 2, clientY: r.y + r.height / 2, button: 0 };
  const fire = (Kind, name) => e.dispatchEvent(new Kind(name, at));
  fire(PointerEvent, 'pointerdown'); fire(MouseEvent, 'mousedown');
  try {
    const t = new Touch({ identifier: 1, target: e, clientX: at.clientX, clientY: at.clientY });
    if ('ontouchstart' in window) {
      e.dispatchEvent(new TouchEvent('touchstart', { ...at, touches: [t], targetTouches: [t], changedTouches: [t] }));
      e.dispatchEvent(new TouchEvent('touchend', { ...at, touches: [], targetTouches: [], changedTouches: [t] }));
    }
  } catch { /* no touch */ }
  fire(PointerEvent, 'pointerup'); fire(MouseEvent, 'mouseup');
  e.click();
  return JSON.stringify({ ok: true, label: String(e.innerText || '').slice(0, 80) });
})
