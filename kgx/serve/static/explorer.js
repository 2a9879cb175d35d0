// Names while one types: what /suggest finds, as a list of links below the field. Without it the form does the same.
const field = document.querySelector("[data-suggest]");
const box = field && document.getElementById(field.dataset.suggest);
const PAUSE = 140; // milliseconds without a key before it asks
let waiting;
let asking;

function close() {
  box.hidden = true;
  box.replaceChildren();
}

async function ask() {
  asking?.abort();
  const text = field.value.trim();
  if (!text) {
    close();
    return;
  }
  asking = new AbortController();
  try {
    const answer = await fetch(`/suggest?${new URLSearchParams({ q: text })}`, { signal: asking.signal });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    box.replaceChildren(...page.body.childNodes);
    box.hidden = false;
  } catch (error) {
    if (error.name !== "AbortError") close();
  }
}

function move(event, step) {
  const links = [...box.querySelectorAll("a")];
  if (box.hidden || !links.length) return;
  event.preventDefault();
  const next = links.indexOf(document.activeElement) + step;
  (next < 0 ? field : links[Math.min(next, links.length - 1)]).focus();
}

if (field && box) {
  field.addEventListener("input", (event) => {
    clearTimeout(waiting);
    if (!event.isComposing) waiting = setTimeout(ask, PAUSE);
  });
  field.addEventListener("compositionend", ask);
  field.form.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") move(event, 1);
    else if (event.key === "ArrowUp") move(event, -1);
    else if (event.key === "Escape" && !box.hidden) {
      event.preventDefault();
      close();
      field.focus();
    }
  });
  document.addEventListener("focusin", (event) => {
    if (!field.form.contains(event.target)) close();
  });
  document.addEventListener("click", (event) => {
    if (!field.form.contains(event.target)) close();
  });
}

// Settings close when one leaves them.
const menu = document.querySelector("details.menu");
document.addEventListener("click", (event) => {
  if (menu?.open && !menu.contains(event.target)) menu.open = false;
});
menu?.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !menu.open) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
