// Events over time: bars count them by month or year, below them each event in a lane of its kind or country.
import { axisBottom, scaleLinear, scaleUtc, select, zoom, zoomIdentity } from "../vendor/d3.min.js";
import { add, deliberate, frame, onWidth, roving, text, zoomBar } from "./kit.js";

const BARS = 72;
const AXIS = 26;
const HEAD = 20;
const ROW = 11;
const ROWS = 9; // more events at one time are drawn thinner
const LANES = 9;
const DAY = 864e5;

/** The first and last moment of a date of any precision. */
function span(date) {
  const [year, month, day] = date.split("/")[0].split("-").map(Number);
  if (day) return [Date.UTC(year, month - 1, day), Date.UTC(year, month - 1, day + 1)];
  if (month) return [Date.UTC(year, month - 1, 1), Date.UTC(year, month, 1)];
  return [Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1)];
}

function reach({ start, end }) {
  const [from, to] = span(start);
  const until = end && /^\d{4}/.test(end) ? span(end.split("/").at(-1))[1] : to;
  return [from, Math.max(to, until)];
}

export function draw(figure, data) {
  const said = data.text;
  const events = data.events.map((event) => ({ ...event, reach: reach(event) })).reverse(); // in time order
  const counts = data.counts.map((count) => ({ ...count, reach: span(count.month) }));
  figure.replaceChildren();
  if (!counts.length) return void figure.append(text("p", data.summary));
  let by = "kind";
  let view = zoomIdentity;
  let [width, started] = [0, false];
  const times = [...events, ...counts].flatMap((x) => x.reach);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const pad = Math.max((last - first) * 0.03, 20 * DAY);

  const choose = (what) => (button) => {
    by = what;
    for (const other of bar.querySelectorAll("[aria-pressed]")) other.setAttribute("aria-pressed", other === button);
    paint();
  };
  const bar = zoomBar(
    figure,
    said,
    { by: (k) => select(svg).call(zooming.scaleBy, k), reset: () => select(svg).call(zooming.transform, zoomIdentity) },
    [[said.by_kind, choose("kind"), true], [said.by_country, choose("country"), false]],
  );
  const { box, explain } = frame(figure);
  const legend = text("ul", "", { class: "visual-legend" });
  for (const [kind, name] of Object.entries(data.kinds)) {
    const item = text("li", name);
    item.prepend(text("span", "", { class: `swatch k-${kind}` }));
    legend.append(item);
  }
  for (const [status, name] of Object.entries(data.statuses)) {
    const item = text("li", name);
    const sample = add(null, "svg", { viewBox: "0 0 14 14", width: 14, height: 14, class: `mark s-${status}`, "aria-hidden": "true" });
    add(sample, "rect", { x: 2, y: 2, width: 10, height: 10, rx: 5 });
    item.prepend(sample);
    legend.append(item);
  }
  figure.append(legend);

  const svg = add(box, "svg", { class: "visual-drawing movable", role: "group", "aria-label": said.marks });
  const zooming = zoom().scaleExtent([1, 600]).filter(deliberate).on("zoom", ({ transform }) => {
    view = transform;
    paint();
  });
  select(svg).call(zooming);
  onWidth(box, (now) => {
    width = now;
    zooming.extent([[0, 0], [width, 100]]).translateExtent([[0, 0], [width, 100]]);
    if (started) return paint();
    started = true;
    select(svg).call(zooming.transform, crowded());
  });

  // A view of the later nine tenths, where single old events would press them together.
  function crowded() {
    const sorted = events.map((event) => event.reach[0]).sort((a, b) => a - b);
    const from = sorted[Math.floor(sorted.length / 10)] ?? first;
    if ((last - from) * 2 > last - first) return zoomIdentity;
    const margin = Math.max((last - from) * 0.06, 20 * DAY);
    const x = scaleUtc([first - pad, last + pad], [0, width]);
    const k = Math.min(600, width / (x(last + margin) - x(from - margin)));
    return zoomIdentity.translate(-x(from - margin) * k, 0).scale(k);
  }

  // How many events lie outside of what is seen, at either side.
  function outside(x) {
    const before = events.filter((event) => x(event.reach[1]) < 0).length;
    const after = events.filter((event) => x(event.reach[0]) > width).length;
    if (before) add(svg, "text", { class: "outside", x: 6, y: 14 }, `◂ ${before}`);
    if (after) add(svg, "text", { class: "outside", x: width - 6, y: 14, "text-anchor": "end" }, `${after} ▸`);
  }

  function lanes() {
    const groups = new Map();
    const put = (name, event) => groups.set(name, [...(groups.get(name) ?? []), event]);
    for (const event of events) {
      if (by === "kind") put(data.kinds[event.kind] ?? event.kind, event);
      else for (const country of event.countries.length ? event.countries : ["–"]) put(country, event);
    }
    const sorted = [...groups].sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1));
    const rest = [...new Set(sorted.slice(LANES).flatMap(([, of]) => of))].sort((a, b) => a.reach[0] - b.reach[0]);
    return rest.length ? [...sorted.slice(0, LANES), [said.others, rest]] : sorted;
  }

  function paint() {
    const focused = svg.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const x = view.rescaleX(scaleUtc([first - pad, last + pad], [0, width]));
    svg.replaceChildren();
    const body = add(svg, "g");
    const marks = [];
    bars(body, x);
    let y = BARS + AXIS;
    const axis = add(svg, "g", { class: "axis", transform: `translate(0,${BARS})` });
    select(axis).call(axisBottom(x).ticks(Math.max(2, width / 90)).tickSizeOuter(0)).attr("font-size", null).attr("font-family", null);
    for (const [name, of] of lanes()) y = lane(body, x, y, name, of, marks);
    const grid = add(null, "g", { class: "grid" });
    for (const tick of x.ticks(Math.max(2, width / 90))) add(grid, "line", { x1: x(tick), x2: x(tick), y1: 0, y2: y });
    svg.prepend(grid);
    outside(x);
    svg.setAttribute("viewBox", `0 0 ${width} ${y}`);
    svg.setAttribute("height", y);
    roving(svg, marks);
    if (focused) svg.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  function bars(parent, x) {
    const monthly = x(DAY * 30) - x(0) >= 4;
    const sums = new Map();
    for (const { month, kind, count } of counts) {
      const key = monthly ? month : month.slice(0, 4);
      const bin = sums.get(key) ?? new Map();
      sums.set(key, bin.set(kind, (bin.get(kind) ?? 0) + count));
    }
    const total = (bin) => [...bin.values()].reduce((a, b) => a + b, 0);
    const height = scaleLinear([0, Math.max(...[...sums.values()].map(total))], [0, BARS - 16]);
    const group = add(parent, "g", { class: "bars", "aria-hidden": "true" });
    const wholeYears = ([key]) => (monthly && key.length === 4 ? 0 : 1); // behind the months
    for (const [key, bin] of [...sums].sort((a, b) => wholeYears(a) - wholeYears(b))) {
      const [from, to] = span(key).map(x);
      if (to < 0 || from > width) continue;
      let top = BARS;
      for (const [kind, count] of bin) {
        top -= height(count);
        add(group, "rect", { class: `k-${kind}${wholeYears([key]) ? "" : " coarse"}`, x: from + 0.5, y: top, width: Math.max(to - from - 1, 1.5), height: height(count) });
      }
      const wide = to - from > 14 && wholeYears([key]);
      if (wide) add(group, "text", { x: (from + to) / 2, y: top - 3, "text-anchor": "middle" }, String(total(bin)));
    }
  }

  function lane(parent, x, top, name, of, marks) {
    const ends = [];
    const placed = [];
    for (const event of of) {
      let [from, to] = event.reach.map(x);
      if (to - from < 9) [from, to] = [(from + to) / 2 - 4.5, (from + to) / 2 + 4.5];
      if (to < -20 || from > width + 20) continue;
      let row = ends.findIndex((end) => end + 2 <= from);
      if (row < 0) row = ends.length;
      ends[row] = to;
      placed.push({ event, from, to, row });
    }
    const height = Math.max(1, Math.min(ends.length, ROWS)) * ROW + 6;
    const row = Math.min(ROW, (height - 6) / Math.max(1, ends.length));
    add(parent, "rect", { class: "lane", x: 0, y: top, width, height: HEAD + height });
    for (const { event, from, to, row: n } of placed) {
      const key = `${name} ${event.href}`;
      const link = add(parent, "a", { href: event.href, class: `mark k-${event.kind} s-${event.status}`, "data-key": key });
      const thick = Math.max(row - 2, 1.5);
      add(link, "rect", { x: from, y: top + HEAD + n * row, width: to - from, height: thick, rx: Math.min(4.5, thick / 2) });
      explain(link, [
        `${data.kinds[event.kind] ?? event.kind}, ${event.start}${event.end ? ` – ${event.end}` : ""}`,
        event.who.slice(0, 6).join("; "), event.countries.join("; "), event.place, data.statuses[event.status],
      ]);
      marks.push(link);
    }
    add(parent, "text", { class: "lane-name", x: 6, y: top + 14 }, `${name} (${of.length})`);
    return top + HEAD + height + 2;
  }
}
