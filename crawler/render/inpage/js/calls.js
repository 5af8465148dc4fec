// What the page asked the inert wallet for.
((it) => {
  let got = '[]';
  const hear = (e) => { if (typeof e.detail === 'string') got = e.detail; };
  addEventListener(it.answer, hear);
  dispatchEvent(new CustomEvent(it.ask));
  removeEventListener(it.answer, hear);
  return got;
})
