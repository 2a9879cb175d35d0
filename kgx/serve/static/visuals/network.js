// A network one can walk: choosing a thing brings its neighbours; beyond a limit the least connected give way.
import {
  forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY, scaleSqrt, select, symbol, symbolCircle, symbolCross,
  symbolDiamond, symbolSquare, symbolStar, symbolTriangle, symbolWye, zoom, zoomIdentity,
} from "../vendor/d3.min.js";
import { add, calm, deliberate, frame, onWidth, roving, text, zoomBar } from "./kit.js";

const LIMIT = 140; // things drawn at once
const NAMED = 60;
const SHAPES = {
  Person: symbolCircle, Organization: symbolSquare, Office: symbolTriangle, Country: symbolStar, Region: symbolWye, City: symbolDiamond, Venue: symbolCross,
};

export function draw(figure, data) {
  const said = data.text;
  const nodes = new Map();
  const edges = new Map();
  let [chosen, width, height, view, layout] = [null, 0, 0, zoomIdentity, null];

  figure.replaceChildren();
  if (!data.nodes.length) return void figure.append(text("p", data.summary));
  zoomBar(figure, said, {
    by: (k) => select(svg).call(zooming.scaleBy, k),
    reset: () => select(svg).call(zooming.transform, fitted()),
  });
  const { box, explain } = frame(figure);
  const svg = add(box, "svg", { class: "visual-drawing movable network", role: "group", "aria-label": said.marks });
  const stage = add(svg, "g");
  const ties = add(stage, "g", { class: "ties" });
  const things = add(stage, "g");
  const panel = text("div", "", { class: "visual-panel", "aria-live": "polite" });
  figure.append(panel, legend());
  const zooming = zoom().scaleExtent([0.2, 8]).filter(deliberate).on("zoom", ({ transform }) => {
    view = transform;
    stage.setAttribute("transform", view.toString());
    figure.classList.toggle("near", view.k > 1.3);
  });
  select(svg).call(zooming).on("dblclick.zoom", null);

  merge(data);
  onWidth(box, (now) => {
    width = now;
    height = Math.round(Math.max(380, Math.min(now * 0.62, 640)));
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("height", height);
    arrange(true);
  });

  function legend() {
    const list = text("ul", "", { class: "visual-legend" });
    for (const [kind, name] of Object.entries(data.kinds)) {
      const item = text("li", name);
      const sample = add(null, "svg", { viewBox: "-8 -8 16 16", width: 14, height: 14, class: `n-${kind}`, "aria-hidden": "true" });
      add(sample, "path", { d: symbol(SHAPES[kind], 110)() });
      item.prepend(sample);
      list.append(item);
    }
    return list;
  }

  function merge(found, from) {
    for (const node of found.nodes) {
      const known = nodes.get(node.id);
      if (known) known.facts = Math.max(known.facts, node.facts);
      else nodes.set(node.id, { ...node, x: from?.x, y: from?.y });
    }
    for (const edge of found.edges) edges.set(`${edge.source} ${edge.target}`, { ...edge });
    return trim(from);
  }

  const joined = (id) => [...edges.values()].filter((e) => e.source === id || e.target === id);

  function trim(keep) {
    if (nodes.size <= LIMIT) return false;
    const near = new Set(keep ? joined(keep.id).flatMap((e) => [e.source, e.target]) : []);
    const weight = (node) => (near.has(node.id) || node.walked ? 1e9 : 0) + joined(node.id).length;
    for (const node of [...nodes.values()].sort((a, b) => weight(a) - weight(b)).slice(0, nodes.size - LIMIT)) {
      nodes.delete(node.id);
      for (const [key, edge] of edges) if (edge.source === node.id || edge.target === node.id) edges.delete(key);
    }
    return true;
  }

  function arrange(whole) {
    layout?.stop();
    const list = [...nodes.values()];
    const drawn = [...edges.values()].map((edge) => ({ ...edge }));
    const most = Math.max(1, ...list.map((n) => n.facts));
    const area = scaleSqrt([0, most], [70, 520]);
    const strength = scaleSqrt([0, Math.max(1, ...drawn.map((e) => e.count))], [0.6, 5]);
    for (const node of list) node.area = area(node.facts);
    const named = new Set([...list].sort((a, b) => b.facts - a.facts).slice(0, NAMED).map((n) => n.id));
    layout = forceSimulation(list)
      .force("link", forceLink(drawn).id((n) => n.id).distance(70).strength((e) => 0.12 + 0.03 * Math.min(e.count, 8)))
      .force("charge", forceManyBody().strength(-320).distanceMax(420))
      .force("collide", forceCollide((n) => Math.max(Math.sqrt(n.area) / 1.6 + 12, named.has(n.id) ? Math.min(n.name.length * 2.7, 52) : 0)))
      .force("x", forceX().strength(0.09 * Math.min(2, height / width)))
      .force("y", forceY().strength(0.09 * Math.min(2, width / height)))
      .stop();
    const lines = (ties.replaceChildren(), drawn.map((edge) => add(ties, "line", { "stroke-width": strength(edge.count) })));
    things.replaceChildren();
    const marks = list.map((node) => {
      const mark = add(things, "g", { class: `node n-${node.kind}`, role: "button", "data-id": node.id });
      add(mark, "path", { d: symbol(SHAPES[node.kind] ?? symbolCircle, node.area)() });
      const label = add(mark, "text", { y: Math.sqrt(node.area) / 1.7 + 11, "text-anchor": "middle" }, node.name);
      if (!named.has(node.id)) label.setAttribute("class", "far");
      explain(mark, [node.name, data.kinds[node.kind], `${node.facts} ${said.facts}`]);
      mark.setAttribute("aria-expanded", Boolean(node.walked));
      mark.addEventListener("click", () => choose(node));
      mark.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        choose(node);
      });
      return mark;
    });
    roving(svg, marks);
    const tick = () => {
      drawn.forEach((edge, i) => {
        for (const [key, value] of [["x1", edge.source.x], ["y1", edge.source.y], ["x2", edge.target.x], ["y2", edge.target.y]])
          lines[i].setAttribute(key, value.toFixed(1));
      });
      list.forEach((node, i) => marks[i].setAttribute("transform", `translate(${node.x.toFixed(1)},${node.y.toFixed(1)})`));
    };
    if (whole || calm()) {
      layout.tick(260);
      tick();
      select(svg).call(zooming.transform, fitted());
    } else layout.alpha(0.6).on("tick", tick).on("end", () => select(svg).call(zooming.transform, fitted())).restart();
    light(drawn, lines, marks);
  }

  function light(drawn, lines, marks) {
    const near = new Set(chosen ? joined(chosen.id).flatMap((e) => [e.source, e.target]) : []);
    for (const mark of marks) {
      mark.classList.toggle("chosen", mark.dataset.id === chosen?.id);
      mark.classList.toggle("dim", Boolean(chosen) && !near.has(mark.dataset.id) && mark.dataset.id !== chosen.id);
    }
    drawn.forEach((edge, i) => {
      const touches = edge.source.id === chosen?.id || edge.target.id === chosen?.id;
      lines[i].setAttribute("class", touches ? "near" : "");
    });
  }

  function fitted() {
    const list = [...nodes.values()];
    const [xs, ys] = [list.map((n) => n.x), list.map((n) => n.y)];
    const [left, right, top, bottom] = [Math.min(...xs) - 60, Math.max(...xs) + 60, Math.min(...ys) - 30, Math.max(...ys) + 40];
    const k = Math.min(1.6, width / (right - left), height / (bottom - top));
    return zoomIdentity.translate(width / 2 - (k * (left + right)) / 2, height / 2 - (k * (top + bottom)) / 2).scale(k);
  }

  async function choose(node) {
    chosen = node;
    let full = false;
    if (!node.walked) {
      const address = new URL(figure.dataset.src, location.href);
      address.searchParams.set("node", node.id);
      figure.dataset.state = "loading";
      try {
        const answer = await fetch(address);
        if (!answer.ok) throw new Error(String(answer.status));
        node.walked = true;
        full = merge(await answer.json(), node);
      } catch {
        panel.replaceChildren(text("p", said.failed));
      }
    }
    const had = svg.contains(document.activeElement);
    arrange(false);
    if (had) svg.querySelector(`[data-id="${CSS.escape(node.id)}"]`)?.focus();
    describe(node, full);
    figure.dataset.state = "ready";
  }

  // The chosen thing in words: its page, and its neighbours as buttons, so that one can walk without the drawing.
  function describe(node, full) {
    const title = text("p", "", { class: "visual-chosen" });
    title.append(text("strong", node.name, { dir: "auto" }), ` ${data.kinds[node.kind] ?? ""}, ${node.facts} ${said.facts}. `, text("a", said.page, { href: node.href }));
    const list = text("ul", "", { class: "visual-neighbours" });
    for (const edge of joined(node.id).sort((a, b) => b.count - a.count)) {
      const other = nodes.get(edge.source === node.id ? edge.target : edge.source);
      if (!other) continue;
      const button = text("button", other.name, { type: "button", dir: "auto" });
      button.addEventListener("click", () => choose(other));
      const item = text("li", "");
      item.append(button, text("span", ` ${edge.told}`));
      list.append(item);
    }
    panel.replaceChildren(title, text("p", said.neighbours), list);
    if (full) panel.append(text("p", said.full));
  }
}
