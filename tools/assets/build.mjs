// Writes kgx/serve/static/vendor and tests/serve/vendor from the packages pinned in package.json.
// What it writes is committed, so that nobody needs Node to install or run kgx.
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { geoArea, geoCentroid } from "d3-geo";
import { build } from "esbuild";
import countries from "i18n-iso-countries";
import { feature, quantize } from "topojson-client";
import { presimplify, quantile, simplify } from "topojson-simplify";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const vendor = join(root, "kgx", "serve", "static", "vendor");
const forTests = join(root, "tests", "serve", "vendor");
const modules = join(here, "node_modules");
const KEPT = 0.45; // of the points of the 1:50m shapes: what a screen can show at the closest zoom

for (const folder of [vendor, forTests]) mkdirSync(folder, { recursive: true });

const within = new Map([["world-atlas", "world.json"]]); // each package, and the file that it is in
for (const name of ["d3", "editor"]) {
  const { metafile } = await build({
    entryPoints: [join(here, `${name}.js`)],
    outfile: join(vendor, `${name}.min.js`),
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2020",
    legalComments: "none",
    metafile: true,
  });
  for (const path of Object.keys(metafile.inputs)) {
    const found = path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/);
    if (found) within.set(found[1], `${name}.min.js`);
  }
}
world();
copyFileSync(join(modules, "axe-core", "axe.min.js"), join(forTests, "axe.min.js"));
licences();

// Natural Earth's shapes, keyed by ISO 3166 codes, with the point where arcs to a country end. Names are left to the
// interface, which has them in each of its languages.
function world() {
  const atlas = JSON.parse(readFileSync(join(modules, "world-atlas", "countries-50m.json"), "utf8"));
  const weighted = presimplify(atlas);
  const shapes = simplify(weighted, quantile(weighted, 1 - KEPT));
  const whole = feature(atlas, atlas.objects.countries).features;
  shapes.objects = { countries: shapes.objects.countries };
  shapes.objects.countries.geometries.forEach((geometry, index) => {
    const code = geometry.properties.name === "Kosovo" ? "XK" : geometry.id && countries.numericToAlpha2(geometry.id);
    geometry.properties = { at: centre(whole[index]).map((x) => Math.round(x * 10) / 10) };
    if (code) geometry.id = code;
    else delete geometry.id;
  });
  writeFileSync(join(vendor, "world.json"), JSON.stringify(quantize(shapes, 20_000)));
}

// The middle of a country's largest part, so that France's isn't in the Atlantic.
function centre({ geometry }) {
  const parts = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  const polygons = parts.map((coordinates) => ({ type: "Polygon", coordinates }));
  return geoCentroid(polygons.reduce((a, b) => (geoArea(b) > geoArea(a) ? b : a)));
}

function licences() {
  const entry = (name) => {
    const { version, license } = JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8"));
    const file = readdirSync(join(modules, name)).find((f) => /^licen[cs]e/i.test(f));
    const text = file ? readFileSync(join(modules, name, file), "utf8").trim() : license;
    return { name, version, license, text };
  };
  const all = [...within.keys()].sort().map(entry);
  const rows = all.map((p) => `| ${p.name} | ${p.version} | ${p.license} | ${within.get(p.name)} |`);
  const texts = [...new Set(all.map((p) => p.text))].map((text) => {
    const names = all.filter((p) => p.text === text).map((p) => p.name);
    return `## ${names.join(", ")}\n\n${text}\n`;
  });
  writeFileSync(
    join(vendor, "LICENSES.md"),
    `# Licences of what lies here\n\nWritten by tools/assets/build.mjs (\`make assets\`).\n\n| package | version | licence | in |\n|---|---|---|---|\n${rows.join("\n")}\n\n` +
      `The shapes in world.json are Natural Earth's, version 4.1, 1:50m, simplified: public domain. They show borders as they are ` +
      `held, which is no statement about whose they should be.\n\n${texts.join("\n")}`,
  );
  const axe = entry("axe-core");
  writeFileSync(
    join(forTests, "README.md"),
    `axe.min.js is axe-core ${axe.version}, licence ${axe.license}, copied as it is published by tools/assets/build.mjs.\n` +
      `Only the tests use it; nothing of it is in the wheel.\n`,
  );
}
