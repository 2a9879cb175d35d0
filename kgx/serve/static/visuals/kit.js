// What the drawings share. Text always goes in as text, never as markup; looks are classes of visuals.css, so that
// light and dark need no redrawing.
const SVG = "http://www.w3.org/2000/svg";

/** An element of HTML with text. */
export function text(name, content, attributes = {}) {
  const element = document.createElement(name);
  element.textContent = content;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** An element of SVG, added to a parent. */
export function add(parent, name, attributes = {}, content = "") {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) if (value != null) element.setAttribute(key, value);
  if (content) element.textContent = content;
  parent?.append(element);
  return element;
}

/** A row of buttons: [text, what it does, pressed?]. */
export function toolbar(figure, label, buttons) {
  const bar = text("div", "", { class: "visual-bar", role: "toolbar", "aria-label": label });
  for (const [name, act, pressed] of buttons) {
    const button = text("button", name, { type: "button" });
    if (pressed !== undefined) button.setAttribute("aria-pressed", pressed);
    button.addEventListener("click", () => act(button));
    bar.append(button);
  }
  figure.append(bar);
  return bar;
}

/** Zoom buttons for d3-zoom; symbols on them, words for screen readers. */
export function zoomBar(figure, said, { by, reset }, more = []) {
  const bar = toolbar(figure, said.zoom_in, [...more, ["+", () => by(1.7)], ["−", () => by(1 / 1.7)], [said.reset, reset]]);
  const [nearer, farther] = [...bar.children].slice(more.length);
  nearer.setAttribute("aria-label", said.zoom_in);
  farther.setAttribute("aria-label", said.zoom_out);
  bar.setAttribute("aria-label", `${said.zoom_in}, ${said.zoom_out}`);
  return bar;
}

/** A frame that keeps a drawing and its tip. */
export function frame(figure) {
  const box = text("div", "", { class: "visual-frame" });
  const tip = text("div", "", { class: "visual-tip", "aria-hidden": "true" });
  tip.hidden = true;
  box.append(tip);
  figure.append(box);
  const show = (mark, lines) => {
    tip.replaceChildren(...lines.filter(Boolean).map((line, i) => text(i ? "span" : "strong", line, { dir: "auto" })));
    tip.hidden = false;
    const [outer, inner] = [box.getBoundingClientRect(), mark.getBoundingClientRect()];
    const left = Math.min(Math.max(inner.left - outer.left + inner.width / 2 - tip.offsetWidth / 2, 2), outer.width - tip.offsetWidth - 2);
    const above = inner.top - outer.top - tip.offsetHeight - 8;
    tip.style.left = `${Math.max(left, 2)}px`;
    tip.style.top = `${above > 0 ? above : inner.bottom - outer.top + 8}px`;
  };
  const hide = () => (tip.hidden = true);
  return {
    box,
    /** Says more of a mark when pointed at or focused; a screen reader gets it as the mark's name. */
    explain(mark, lines) {
      mark.setAttribute("aria-label", lines.filter(Boolean).join(", "));
      mark.addEventListener("pointerenter", () => show(mark, lines));
      mark.addEventListener("focus", () => show(mark, lines));
      mark.addEventListener("pointerleave", hide);
      mark.addEventListener("blur", hide);
      mark.addEventListener("keydown", (event) => event.key === "Escape" && hide());
    },
  };
}

/** Makes many marks one stop of the tab key; arrow keys, Home and End go among them. */
export function roving(parent, marks) {
  const current = () => Math.max(0, marks.indexOf(parent.ownerDocument.activeElement));
  marks.forEach((mark, i) => mark.setAttribute("tabindex", i ? -1 : 0));
  parent.onkeydown = (event) => {
    if (!marks.includes(event.target)) return;
    const last = marks.length - 1;
    const to = { ArrowRight: current() + 1, ArrowDown: current() + 1, ArrowLeft: current() - 1, ArrowUp: current() - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = marks[Math.min(Math.max(to, 0), last)];
    for (const mark of marks) mark.setAttribute("tabindex", mark === next ? 0 : -1);
    next.focus();
  };
}

/** Calls back with the width of an element, now and when it changes. */
export function onWidth(element, draw) {
  let width = 0;
  const look = () => {
    const now = Math.floor(element.clientWidth);
    if (now && now !== width) draw((width = now));
  };
  look();
  new ResizeObserver(() => requestAnimationFrame(look)).observe(element);
}

/** Only pinches, drags and wheels with Ctrl zoom: a plain wheel scrolls the page. */
export const deliberate = (event) => (event.type === "wheel" ? event.ctrlKey || event.metaKey : !event.button);

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
