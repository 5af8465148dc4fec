package inpage

import (
	"strings"
	"testing"
)

// What a page may ask gives the same with our script as without it.
func TestClosedRootsLookClosed(t *testing.T) {
	const questions = `JSON.stringify((() => {
  const out = [], host = document.createElement("div"), plain = document.createElement("p");
  host.innerHTML = "<b id=slotted>x</b>";
  document.body.append(host, plain);
  const root = host.attachShadow({mode: "closed"});
  root.innerHTML = "<slot></slot><i id=deep></i>";
  const deep = root.getElementById("deep");
  const path = (target, at) => { let p; at.addEventListener("x", e => p = e.composedPath().map(n => n.nodeName || "window").join(), {once: true}); target.dispatchEvent(new Event("x", {bubbles: true, composed: true})); return p };
  const says = f => { try { return String(f()) } catch (e) { return e.name + ": " + e.message + "\n" + e.stack.split("\n").filter(l => /apply|Proxy|attachShadow/.test(l)).join("|") } };
  const nativeText = f => Function.prototype.toString.call(f);
  const getter = (o, n) => Object.getOwnPropertyDescriptor(o, n).get;
  return [host.shadowRoot, root.mode, root.host === host, host.firstChild.assignedSlot, path(deep, document), path(deep, root), path(host.firstChild, document),
    nativeText(Element.prototype.attachShadow), nativeText(getter(Element.prototype, "shadowRoot")), nativeText(getter(ShadowRoot.prototype, "mode")),
    nativeText(Function.prototype.toString), Function.prototype.toString.toString(), nativeText(Event.prototype.composedPath), Element.prototype.attachShadow.name, Element.prototype.attachShadow.length,
    "prototype" in Element.prototype.attachShadow, says(() => new Element.prototype.attachShadow()), says(() => Element.prototype.attachShadow.call(1, {mode: "open"})),
    says(() => plain.attachShadow()), says(() => plain.attachShadow({})), says(() => plain.attachShadow({mode: "odd"})), says(() => host.attachShadow({mode: "open"})),
    says(() => Function.prototype.toString.call({})), says(() => class A {}), plain.attachShadow({mode: {toString: () => "open"}}).mode, plain.shadowRoot !== null,
    Object.getOwnPropertyNames(window).length, Object.keys(Object.getOwnPropertyDescriptor(Element.prototype, "attachShadow")).join(), document.createElement("img").attachShadow ? says(() => document.createElement("img").attachShadow({mode: "closed"})) : ""];
})())`
	pages := document("")
	want := open(t, pages, "/").page(questions)
	got := open(t, pages, "/", OpenShadows()).page(questions)
	if got != want || !strings.Contains(want, "function attachShadow() { [native code] }") {
		t.Errorf("with our script the page is told\n%s\nwithout\n%s", got, want)
	}
}

// A page that changes the built-ins of its world sees no root through them.
func TestClosedRootsAreNotGivenAway(t *testing.T) {
	b := open(t, document(`<div id=host></div><script>
let seen = 0;
const spy = (o, n) => { const f = o[n]; o[n] = function(...a) { if ([this, ...a].some(x => x instanceof ShadowRoot)) seen++; return f.apply(this, a) } };
for (const [o, n] of [[WeakSet.prototype, "has"], [WeakSet.prototype, "add"], [WeakMap.prototype, "get"], [Reflect, "apply"], [Node.prototype, "getRootNode"], [Array.prototype, "push"], [Function.prototype, "call"]]) spy(o, n);
host.attachShadow({mode: "closed"}).innerHTML = "<p>inside";
host.shadowRoot; new Event("x").composedPath();
</script>`), "/", OpenShadows())
	if got := b.page("String(seen) + host.shadowRoot"); got != "0null" {
		t.Errorf("the page saw %s", got)
	}
	if p := b.read(1 << 16); !strings.Contains(p.HTML, "<p>inside</p>") {
		t.Errorf("not read: %s", p.HTML)
	}
}
