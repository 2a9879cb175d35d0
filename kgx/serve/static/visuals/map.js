// The world: countries tinted by their events, places as dots, visits as arcs, twinnings as dashed lines.
import { feature, geoGraticule10, geoNaturalEarth1, geoPath, scaleSqrt, select, zoom, zoomIdentity } from "../vendor/d3.min.js";
import { add, deliberate, frame, onWidth, roving, text, zoomBar } from "./kit.js";

const WORLD = new URL("../vendor/world.json", import.meta.url);
const CLOSEST = 24;
let shapes; // asked for once a page

export async function draw(figure, data) {
  const said = data.text;
  shapes ??= fetch(WORLD).then((answer) => answer.json());
  const world = await shapes;
  const countries = feature(world, world.objects.countries).features;
  const middles = new Map(countries.filter((c) => c.id).map((c) => [c.id, c.properties.at]));
  const at = (end) => end.at ?? middles.get(end.country);
  const ends = (line) => at(line.from) && at(line.to);
  const told = new Map(data.countries.map((c) => [c.from.country, c]));
  const visits = data.visits.filter(ends);
  const twinnings = data.twinnings.filter(ends);

  figure.replaceChildren();
  const { box, explain } = frame(figure);
  const svg = add(box, "svg", { class: "visual-drawing movable map", role: "group", "aria-label": said.marks });
  const defs = add(svg, "defs");
  const arrow = add(defs, "marker", { id: "visual-arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, markerUnits: "userSpaceOnUse", orient: "auto" });
  add(arrow, "path", { class: "arrow", d: "M0 0.5L8 4L0 7.5L2 4Z" });
  const land = add(svg, "g", { class: "land" });
  const lines = add(svg, "g", { fill: "none" });
  const dots = add(svg, "g");
  const names = add(svg, "g", { class: "place-names", "aria-hidden": "true" });

  const most = (list) => Math.max(1, ...list.map((x) => x.count));
  const tint = scaleSqrt([0, most(data.countries)], [0.12, 0.85]);
  const size = scaleSqrt([0, Math.max(6, most(data.places))], [2.5, 11]);
  const thick = scaleSqrt([0, Math.max(6, most(visits))], [0.8, 4.5]);
  const projection = geoNaturalEarth1();
  const path = geoPath(projection);
  const marks = [];
  let placed = [];
  let [width, height, view] = [0, 0, zoomIdentity];

  const zooming = zoom().scaleExtent([1, CLOSEST]).filter(deliberate).on("zoom", ({ transform }) => {
    view = transform;
    place();
  });
  select(svg).call(zooming);
  figure.prepend(zoomBar(figure, said, {
    by: (k) => select(svg).call(zooming.scaleBy, k),
    reset: () => select(svg).call(zooming.transform, zoomIdentity),
  }));
  figure.append(legend());
  onWidth(box, (now) => {
    width = now;
    height = Math.round(Math.max(260, Math.min(now * 0.54, 620)));
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("height", height);
    projection.fitExtent([[4, 4], [width - 4, height - 4]], { type: "Sphere" });
    zooming.extent([[0, 0], [width, height]]).translateExtent([[0, 0], [width, height]]);
    build();
    select(svg).call(zooming.transform, fitted());
  });

  function link(parent, end, lines, attributes) {
    const mark = add(parent, "a", { href: end.href, ...attributes });
    explain(mark, lines);
    marks.push(mark);
    return mark;
  }

  function legend() {
    const list = text("ul", "", { class: "visual-legend" });
    for (const [kind, name] of Object.entries(data.kinds)) {
      const item = text("li", name);
      const sample = add(null, "svg", { viewBox: "0 0 24 14", width: 24, height: 14, "aria-hidden": "true" });
      const mark = add(sample, "g", { class: { country: "told", place: "dot", visit: "visit", twinning: "twinning" }[kind], fill: "none" });
      if (kind === "country") add(mark, "path", { d: "M3 2H21V12H3Z" });
      else if (kind === "place") add(mark, "circle", { cx: 12, cy: 7, r: 5 });
      else add(mark, "path", { d: kind === "visit" ? "M1 12Q12 0 22 7M16 2L22 7L15 10" : "M1 7H23", "stroke-width": 1.8 });
      item.prepend(sample);
      list.append(item);
    }
    return list;
  }

  // What does not change with the view: land in coordinates of the unzoomed map, and one element a mark.
  function build() {
    for (const group of [land, lines, dots, names]) group.replaceChildren();
    marks.length = 0;
    placed = [];
    add(land, "path", { class: "sea", d: path({ type: "Sphere" }) });
    add(land, "path", { class: "graticule", d: path(geoGraticule10()) });
    for (const shape of countries) {
      const outline = path(shape);
      if (!outline) continue;
      add(land, "path", { class: "country", d: outline });
      const of = told.get(shape.id);
      if (!of) continue;
      const mark = link(land, of.from, [of.from.name, `${of.count} ${said.facts}`], { class: "told" });
      add(mark, "path", { d: outline, "fill-opacity": tint(of.count) });
    }
    for (const line of twinnings) {
      const mark = link(lines, line.from, [`${line.from.name} – ${line.to.name}`], { class: "twinning" });
      placed.push({ line, element: add(mark, "path") });
    }
    for (const line of [...visits].reverse()) {
      const mark = link(lines, line.to, [`${line.from.name} → ${line.to.name}`, `${line.count}`], { class: "visit" });
      const element = add(mark, "path", { "stroke-width": thick(line.count), "marker-end": "url(#visual-arrow)" });
      placed.push({ line, element, bent: true });
    }
    for (const dot of [...data.places].reverse()) {
      const mark = link(dots, dot.from, [dot.from.name, `${dot.count} ${said.facts}`], { class: "dot" });
      placed.push({ dot: dot.from, element: add(mark, "circle", { r: size(dot.count) }), count: dot.count, r: size(dot.count) });
    }
    const towns = new Map(twinnings.flatMap((t) => [t.from, t.to]).filter((e) => e.at).map((e) => [e.href, e]));
    for (const { from } of data.places) towns.delete(from.href);
    for (const town of towns.values()) {
      const mark = link(dots, town, [town.name], { class: "dot twin" });
      placed.push({ dot: town, element: add(mark, "circle", { r: 3 }), count: 0.5, r: 3 });
    }
    roving(svg, marks);
  }

  function spot(end) {
    return view.apply(projection(at(end)));
  }

  function place() {
    land.setAttribute("transform", view.toString());
    for (const { line, dot, element, bent } of placed) {
      if (dot) {
        const [x, y] = spot(dot);
        element.setAttribute("cx", x);
        element.setAttribute("cy", y);
        continue;
      }
      const [[x1, y1], [x2, y2]] = [spot(line.from), spot(line.to)];
      // Bent to the right of the way, so that a visit and its return do not cover each other.
      const bend = bent ? 0.18 : 0;
      const [mx, my] = [(x1 + x2) / 2 - (y2 - y1) * bend, (y1 + y2) / 2 + (x2 - x1) * bend];
      element.setAttribute("d", `M${x1},${y1}Q${mx},${my} ${x2},${y2}`);
    }
    label();
  }

  // Names where there is room, those of most facts first.
  function label() {
    names.replaceChildren();
    const taken = [];
    const wanted = [
      ...placed.filter((p) => p.dot).map((p) => ({ end: p.dot, count: p.count, dy: -p.r - 3, kind: "" })),
      ...data.countries.filter((c) => at(c.from)).map((c) => ({ end: c.from, count: c.count, dy: 4, kind: "of-country" })),
    ].sort((a, b) => b.count - a.count);
    for (const { end, dy, kind } of wanted) {
      const [x, y] = spot(end);
      const half = [...end.name].reduce((sum, c) => sum + (c > "\u2fff" ? 11 : 6.2), 0) / 2;
      const area = [x - half, y + dy - 11, x + half, y + dy + 3];
      if (area[0] < 0 || area[2] > width || area[1] < 0 || area[3] > height) continue;
      if (taken.some((t) => t[0] < area[2] && area[0] < t[2] && t[1] < area[3] && area[1] < t[3])) continue;
      taken.push(area);
      add(names, "text", { x, y: y + dy, "text-anchor": "middle", class: kind }, end.name);
    }
  }

  // The view that holds all marks, no closer than makes sense.
  function fitted() {
    const all = [...visits, ...twinnings].flatMap((l) => [l.from, l.to]).concat(data.places.map((p) => p.from), data.countries.map((c) => c.from));
    const points = all.filter(at).map((end) => projection(at(end)));
    if (!points.length) return zoomIdentity;
    const [xs, ys] = [points.map((p) => p[0]), points.map((p) => p[1])];
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const k = Math.max(1, Math.min(6, (width * 0.8) / (right - left || 1), (height * 0.75) / (bottom - top || 1)));
    const clamp = (move, room) => Math.min(0, Math.max(move, room - room * k));
    const [x, y] = [width / 2 - (k * (left + right)) / 2, height / 2 - (k * (top + bottom)) / 2];
    return zoomIdentity.translate(clamp(x, width), clamp(y, height)).scale(k);
  }
}
