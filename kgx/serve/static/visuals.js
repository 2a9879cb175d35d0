// Finds the views of a page and draws each when it comes into sight.
import { text } from "./visuals/kit.js";

const VIEWS = {
  timeline: () => import("./visuals/timeline.js"),
  map: () => import("./visuals/map.js"),
  network: () => import("./visuals/network.js"),
  figures: () => import("./visuals/figures.js"),
};

async function start(figure) {
  figure.dataset.state = "loading";
  try {
    const [view, answer] = await Promise.all([VIEWS[figure.dataset.visual](), fetch(figure.dataset.src)]);
    if (!answer.ok) throw new Error(`${figure.dataset.src}: ${answer.status}`);
    const data = await answer.json();
    figure.setAttribute("aria-label", `${figure.getAttribute("aria-label")}: ${data.summary}`);
    await view.draw(figure, data);
    figure.dataset.state = "ready";
  } catch (error) {
    figure.dataset.state = "failed";
    figure.replaceChildren(text("p", figure.dataset.failed ?? String(error.message)));
  }
}

const seen = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      start(target);
    }
  },
  { rootMargin: "200px" },
);
for (const figure of document.querySelectorAll("[data-visual]")) seen.observe(figure);
