// Runs in the page's own world before its scripts: closed shadow roots are opened to the reader, not to the page; and after the reader
// has pressed something, no script of the page submits a form.
((it) => {
  const closed = new WeakSet();
  const prox = (where, name, apply) => {
    const d = Object.getOwnPropertyDescriptor(where, name);
    if (!d) return;
    const kind = d.get ? 'get' : 'value';
    d[kind] = new Proxy(d[kind], { apply });
    Object.defineProperty(where, name, d);
  };
  prox(Element.prototype, 'attachShadow', (f, self, args) => {
    const init = args[0];
    if (!init || init.mode !== 'closed') return Reflect.apply(f, self, args);
    const root = Reflect.apply(f, self, [Object.assign({}, init, { mode: 'open' })]);
    closed.add(root);
    return root;
  });
  prox(Element.prototype, 'shadowRoot', (f, self, args) => {
    const root = Reflect.apply(f, self, args);
    return root && closed.has(root) ? null : root;
  });
  prox(ShadowRoot.prototype, 'mode', (f, self, args) => (closed.has(self) ? 'closed' : Reflect.apply(f, self, args)));
  let pressed = false;
  addEventListener(it.pressed, () => { pressed = true; });
  for (const name of ['submit', 'requestSubmit']) {
    prox(HTMLFormElement.prototype, name, (f, self, args) => (pressed ? undefined : Reflect.apply(f, self, args)));
  }
})
