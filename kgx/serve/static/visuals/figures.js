// Figures by period, one small chart a group of parties, measure and currency; rival sources side by side.
import { scaleBand, scaleLinear } from "../vendor/d3.min.js";
import { add, frame, onWidth, roving, text } from "./kit.js";

const HEIGHT = 210;
const EDGE = { top: 34, right: 8, bottom: 26, left: 8 };

export function draw(figure, data) {
  const said = data.text;
  figure.replaceChildren();
  if (!data.panels.length) return void figure.append(text("p", data.summary));
  const legend = text("ul", "", { class: "visual-legend" });
  for (const [status, name] of Object.entries(data.statuses)) {
    const item = text("li", name);
    const sample = add(null, "svg", { viewBox: "0 0 16 12", width: 16, height: 12, class: `s-${status}`, "aria-hidden": "true" });
    bar(sample, 1, 1, 14, 10, status);
    item.prepend(sample);
    legend.append(item);
  }
  figure.append(legend);
  const grid = text("div", "", { class: "visual-panels" });
  figure.append(grid);
  const short = new Intl.NumberFormat(data.language, { notation: "compact", maximumSignificantDigits: 3 });
  const full = new Intl.NumberFormat(data.language);
  for (const panel of data.panels) one(grid, panel);

  function one(parent, panel) {
    const section = text("section", "", { class: "visual-small" });
    const title = text("h2", "");
    panel.parties.forEach((party, i) => title.append(i ? " – " : "", text("a", party.text, { href: party.href, dir: "auto" })));
    section.append(title, text("p", [panel.measure, panel.currency].filter(Boolean).join(", ")));
    parent.append(section);
    const { box, explain } = frame(section);
    const svg = add(box, "svg", { class: "visual-drawing figures", role: "group", "aria-label": said.marks });
    const percent = panel.points.every((p) => p.value === null);
    const value = (p) => (percent ? p.growth : p.value) ?? 0;
    const told = (p) => `${p.approximate ? "≈ " : ""}${short.format(value(p))}${percent ? " %" : ""}`;
    const periods = [...new Set(panel.points.map((p) => p.period ?? ""))];
    rivals(section, panel, told);
    onWidth(box, (width) => {
      const x = scaleBand(periods, [EDGE.left, width - EDGE.right]).paddingInner(0.25).paddingOuter(0.15);
      const step = Math.min(x.bandwidth(), 110);
      const [low, high] = [Math.min(0, ...panel.points.map(value)), Math.max(0, ...panel.points.map(value))];
      const y = scaleLinear([low, high || 1], [HEIGHT - EDGE.bottom, EDGE.top]);
      svg.replaceChildren();
      svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
      svg.setAttribute("height", HEIGHT);
      add(svg, "line", { class: "base", x1: 0, x2: width, y1: y(0), y2: y(0) });
      const marks = [];
      for (const period of periods) {
        const points = panel.points.filter((p) => (p.period ?? "") === period);
        const middle = x(period) + x.bandwidth() / 2;
        add(svg, "text", { class: "tick", x: middle, y: HEIGHT - 8, "text-anchor": "middle" }, period || said.undated);
        const wide = Math.min(step / points.length, 54);
        points.forEach((point, i) => {
          const left = middle + (i - points.length / 2) * wide;
          const [top, bottom] = [Math.min(y(value(point)), y(0)), Math.max(y(value(point)), y(0))];
          const link = add(svg, "a", { href: point.href, class: `mark s-${point.status}` });
          bar(link, left + 1, top, Math.max(wide - 2, 2), Math.max(bottom - top, 1), point.status);
          const centre = left + wide / 2;
          if (wide > 20) add(svg, "text", { class: "amount", "aria-hidden": "true", x: centre, y: top - 5, "text-anchor": "middle" }, told(point));
          if (wide > 20 && point.growth !== null && !percent)
            add(svg, "text", { class: "growth", "aria-hidden": "true", x: centre, y: top - 18, "text-anchor": "middle" }, `${point.growth < 0 ? "▼" : "▲"} ${full.format(Math.abs(point.growth))} %`);
          explain(link, [
            `${point.approximate ? `${said.approximate} ` : ""}${full.format(value(point))} ${percent ? "%" : panel.currency}`,
            `${point.period ?? said.undated}, ${data.statuses[point.status] ?? ""}`,
            point.growth !== null ? `${said.growth}: ${full.format(point.growth)} %` : "",
            point.documents.join("; "),
            point.disagrees ? said.disagree : "",
          ]);
          marks.push(link);
        });
        if (points.filter((p) => p.disagrees).length > 1) {
          const [from, to] = [middle - (points.length / 2) * wide + 2, middle + (points.length / 2) * wide - 2];
          add(svg, "path", { class: "rival", d: `M${from},${HEIGHT - 22}v3H${to}v-3` });
          add(svg, "text", { class: "rival", x: to + 4, y: HEIGHT - 16 }, "↔");
        }
      }
      roving(svg, marks);
    });
  }

  function rivals(section, panel, told) {
    const disagreeing = panel.points.filter((p) => p.disagrees);
    if (!disagreeing.length) return;
    const list = text("ul", "", { class: "visual-rivals" });
    for (const point of disagreeing) {
      const item = text("li", `${point.period ?? said.undated}: `);
      item.append(text("strong", told(point)), ` ${data.statuses[point.status] ?? ""} `, text("bdi", point.documents.join("; ")));
      list.append(item);
    }
    section.append(text("p", `↔ ${said.disagree}`, { class: "visual-rival" }), list);
  }
}

/** A bar whose texture tells its status: lines across an estimate; a target is only outlined (by class). */
function bar(parent, x, y, width, height, status) {
  add(parent, "rect", { class: "bar", x, y, width, height });
  if (status !== "estimate") return;
  const lines = [];
  for (let d = 5; d < width + height; d += 5) {
    const [x1, y1] = d <= height ? [x, y + d] : [x + d - height, y + height];
    const [x2, y2] = d <= width ? [x + d, y] : [x + width, y + d - width];
    lines.push(`M${x1},${y1}L${x2},${y2}`);
  }
  add(parent, "path", { class: "hatch", d: lines.join("") });
}
