// The SPARQL page: the editor, the examples, and answers as tables. Without it the forms do the same by themselves.
import {
  EditorState, EditorView, HighlightStyle, StreamLanguage, autocompletion, bracketMatching, closeBrackets,
  closeBracketsKeymap, completionKeymap, defaultKeymap, highlightSpecialChars, history, historyKeymap, indentOnInput,
  keymap, lineNumbers, setDiagnostics, sparql, syntaxHighlighting, tags,
} from "/static/vendor/editor.min.js";

const $ = (id) => document.getElementById(id);
const settings = JSON.parse($("sparql").dataset.settings);
const { words } = settings;
const KEYWORDS = (
  "SELECT CONSTRUCT ASK DESCRIBE WHERE PREFIX DISTINCT OPTIONAL FILTER UNION MINUS BIND VALUES GRAPH EXISTS " +
  "ORDER GROUP HAVING LIMIT OFFSET COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT STR LANG LANGMATCHES DATATYPE BOUND IF " +
  "COALESCE REGEX CONTAINS STRSTARTS STRENDS LCASE UCASE YEAR MONTH DAY"
).split(" ");
const NUMBERS = new Set(["integer", "decimal", "double", "float", "nonNegativeInteger", "int", "long"]);
const XSD = "http://www.w3.org/2001/XMLSchema#";
const number = new Intl.NumberFormat(settings.language);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);

// --- the editor ----------------------------------------------------------------------------------------------------

const style = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--q-keyword)", fontWeight: "600" },
  { tag: [tags.atom, tags.standard(tags.name), tags.name], color: "var(--q-name)" },
  { tag: [tags.variableName, tags.local(tags.variableName)], color: "var(--q-variable)" },
  { tag: [tags.string, tags.meta], color: "var(--q-string)" },
  { tag: tags.comment, color: "var(--q-comment)", fontStyle: "italic" },
]);
const theme = EditorView.theme({
  "&": {
    color: "var(--q-text)", backgroundColor: "var(--q-back)", border: "1px solid var(--q-line)", borderRadius: ".4rem",
    fontSize: ".875rem", maxHeight: "60vh",
  },
  "&.cm-focused": { outline: "2px solid var(--q-focus)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "ui-monospace, monospace", lineHeight: "1.5", minHeight: "12rem" },
  ".cm-content": { caretColor: "var(--q-text)" },
  ".cm-gutters": { color: "var(--q-soft)", backgroundColor: "var(--q-panel)", border: "0" },
  ".cm-tooltip": { color: "var(--q-text)", backgroundColor: "var(--q-back)", border: "1px solid var(--q-line)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { color: "var(--q-text)", backgroundColor: "var(--q-select)" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--q-problem)" },
  ".cm-diagnostic-error": { borderInlineStart: ".3rem solid var(--q-problem)" },
  "& ::selection": { backgroundColor: "var(--q-select)" },
});

function complete(context) {
  const word = context.matchBefore(/[?$\w-]*:?[\w/-]*/);
  if (!word || (word.from === word.to && !context.explicit)) return null;
  const variables = new Set(context.state.doc.toString().match(/[?$]\w+/g));
  variables.delete(word.text);
  const options = [
    ...[...variables].map((label) => ({ label, type: "variable" })),
    ...settings.terms.map((label) => ({ label, type: "property" })),
    ...Object.entries(settings.prefixes).map(([name, iri]) => ({ label: `${name}:`, detail: iri, type: "namespace" })),
    ...KEYWORDS.map((label) => ({ label, type: "keyword" })),
  ];
  return { from: word.from, options, validFor: /^[?$\w-]*:?[\w/-]*$/ };
}

// Typing over a selection is done here: a browser would keep the look of what was there, in a style that the policy refuses.
function typed(event, editor) {
  const { from, to, empty } = editor.state.selection.main;
  if (event.inputType !== "insertText" || event.isComposing || event.data === null || empty) return false;
  const insert = () =>
    editor.state.update(editor.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
  const handlers = editor.state.facet(EditorView.inputHandler);
  if (!handlers.some((handle) => handle(editor, from, to, event.data, insert))) editor.dispatch(insert());
  return true;
}

const field = $("query");
// In a shadow tree the editor's styles need no style element, which the page's policy would refuse.
const root = $("editor").attachShadow({ mode: "open" });
const view = new EditorView({
  root,
  parent: root,
  state: EditorState.create({
    doc: field.value,
    extensions: [
      keymap.of([{ key: "Mod-Enter", run: () => (run(), true) }]),
      keymap.of([...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap, ...historyKeymap]),
      lineNumbers(), history(), highlightSpecialChars(), indentOnInput(), bracketMatching(), closeBrackets(),
      autocompletion({ override: [complete] }),
      StreamLanguage.define(sparql), syntaxHighlighting(style), theme,
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": words.editor, dir: "ltr", autocapitalize: "off" }),
      EditorView.domEventHandlers({ beforeinput: typed }),
      EditorView.updateListener.of((update) => update.docChanged && changed()),
    ],
  }),
});
$("editor").hidden = false;
field.hidden = true;
document.querySelector('label[for="query"]').addEventListener("click", () => view.focus());

function changed() {
  field.value = view.state.doc.toString();
  const text = field.value.replace(/#[^\n]*|<[^>\s]*>|"[^"\n]*"/g, " ");
  const graph = /^(?:\s|base\b|prefix\s+\S*)*(?:construct|describe)\b/i.test(text);
  for (const button of document.querySelectorAll(".download")) {
    button.hidden = (button.dataset.kind === "graph") !== graph;
  }
}
changed();

function write(text) {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
}

// --- examples ------------------------------------------------------------------------------------------------------

const examples = $("examples");

function fields() {
  for (const set of examples.querySelectorAll("fieldset")) {
    set.hidden = set.disabled = set.dataset.query !== examples.elements.name.value;
  }
}

async function example() {
  if (!examples.elements.name.value) return;
  const response = await fetch(`/query/named?${new URLSearchParams(new FormData(examples))}`, {
    headers: { Accept: "application/json" },
  });
  const { sparql: text, problem } = await response.json();
  $("examples-problem").textContent = problem;
  if (text) write(text);
}

examples.elements.name.addEventListener("change", () => (fields(), example()));
examples.addEventListener("submit", async (event) => {
  event.preventDefault();
  await example();
  if (!$("examples-problem").textContent) run();
});

// --- answers -------------------------------------------------------------------------------------------------------

let asked = null;

async function run() {
  asked?.abort();
  asked = new AbortController();
  const { signal } = asked;
  say(words.running);
  $("stop").hidden = false;
  const query = field.value;
  const began = performance.now();
  try {
    const response = await fetch(`/sparql?max-rows=${$("rows").value}`, {
      method: "POST",
      headers: { Accept: "application/sparql-results+json, text/turtle;q=0.5", "Content-Type": "application/sparql-query" },
      body: query,
      signal,
    });
    const content = await response.text();
    const seconds = number.format(Math.round(performance.now() - began) / 1000);
    if (!response.ok) return fail(content.trim() || response.statusText);
    const cut = response.headers.has("X-Kgx-Cut");
    const address = new URL(location.href);
    address.search = new URLSearchParams({ query, ...(address.searchParams.has("lang") && { lang: settings.language }) });
    history_replace(address);
    if (response.headers.get("Content-Type").startsWith("text/turtle")) {
      const lines = document.createElement("pre");
      lines.dir = "ltr";
      lines.textContent = content;
      return show(lines, fill(cut ? words.graph_cut : words.graph, { seconds }));
    }
    const found = JSON.parse(content);
    if ("boolean" in found) return show(null, fill(found.boolean ? words.holds : words.holds_not, { seconds }));
    const rows = number.format(found.results.bindings.length);
    show(table(found), fill(cut ? words.rows_cut : words.rows, { rows, seconds }));
  } catch (error) {
    fail(signal.aborted ? words.stopped : String(error));
  } finally {
    if (asked?.signal === signal) $("stop").hidden = true;
  }
}

function history_replace(address) {
  if (address.href.length < 8000) window.history.replaceState(null, "", address);
}

function say(text) {
  $("status").textContent = text;
  $("problem").textContent = "";
  $("answer").replaceChildren();
  view.dispatch(setDiagnostics(view.state, []));
}

function fail(message) {
  say("");
  $("problem").textContent = message;
  const place = message.match(/^line (\d+), column (\d+): /);
  if (!place || place[1] > view.state.doc.lines) return;
  const line = view.state.doc.line(+place[1]);
  // The server counts characters, the editor UTF-16 units.
  const before = [...line.text].slice(0, place[2] - 1).join("").length;
  const from = Math.max(line.from, Math.min(line.from + before, line.to) - 1);
  const to = Math.min(from + 1, view.state.doc.length);
  const problem = { from, to: Math.max(to, from), severity: "error", message: message.slice(place[0].length) };
  view.dispatch(setDiagnostics(view.state, [problem]));
}

function show(content, text) {
  say(text);
  if (!content) return;
  const scroll = document.createElement("div");
  scroll.className = "answer-scroll";
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-labelledby", "answer-title");
  scroll.append(content);
  $("answer").append(scroll);
}

function table({ head, results }) {
  const made = document.createElement("table");
  made.createCaption().textContent = $("answer-title").textContent;
  const top = made.createTHead().insertRow();
  for (const name of head.vars) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = name;
    top.append(cell);
  }
  const body = made.createTBody();
  for (const row of results.bindings) {
    const line = body.insertRow();
    for (const name of head.vars) fillCell(line.insertCell(), row[name]);
  }
  return made;
}

// All that comes from the graph becomes text, never markup.
function fillCell(cell, term) {
  if (!term) return;
  const text = document.createElement("bdi");
  text.textContent = term.value;
  if (term.type === "uri") {
    const link = document.createElement("a");
    link.href = term.value.startsWith(settings.base)
      ? settings.pages + term.value.slice(settings.base.length).split("/").map(encodeURIComponent).join("/")
      : `/resource?iri=${encodeURIComponent(term.value)}`;
    text.textContent = short(term.value);
    link.title = term.value;
    link.append(text);
    cell.append(link);
    return;
  }
  if (term.type === "bnode") text.textContent = `_:${term.value}`;
  if (term.type === "triple") text.textContent = JSON.stringify(term.value);
  cell.append(text);
  if (term.datatype?.startsWith(XSD) && NUMBERS.has(term.datatype.slice(XSD.length))) cell.className = "number";
  const language = term["xml:lang"];
  if (!language) return;
  text.lang = language;
  const tag = document.createElement("span");
  tag.className = "language";
  tag.textContent = language;
  cell.append(tag);
}

function short(iri) {
  let best = ["", iri];
  for (const [prefix, start] of Object.entries(settings.prefixes)) {
    const rest = iri.slice(start.length);
    if (iri.startsWith(start) && rest && rest.length < best[1].length) best = [`${prefix}:`, rest];
  }
  return best.join("");
}

$("ask").addEventListener("submit", (event) => {
  if (event.submitter?.classList.contains("download")) return; // the browser keeps the file
  event.preventDefault();
  run();
});
$("stop").addEventListener("click", () => asked?.abort());
if (new URLSearchParams(location.search).has("about")) run();
