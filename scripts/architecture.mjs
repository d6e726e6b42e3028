// Draws the rooms of the sources and their imports: docs/architecture.svg, and the tables between the markers of
// docs/architecture.md. `npm run architecture` after a change of imports; tests/layers/architecture.test.mjs
// fails if the diagram is out of date.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { circles, graphOf, rustArrows, scriptArrows, wrongArrows } from "./lib/imports.mjs";
import { CORE_LAYERS, VOCABULARY } from "./lib/layers.mjs";
import { note } from "./lib/log.mjs";
import { isMain, main, root } from "./lib/run.mjs";

const SVG = "docs/architecture.svg";
const PAGE = "docs/architecture.md";
const [START, END] = ["<!-- imports: start -->", "<!-- imports: end -->"];

const BOX = { height: 30, gap: 14, padding: 12 };
const ROW_HEIGHT = 74;
const MARGIN = 24;
const LETTER_WIDTH = 7.3;

/** Generated files, which have no sources, and what the rooms of the package have in common. */
const GENERATED = new Set(["glue", "inline", "filmgate"]);
const PACKAGE_ENTRIES = new Set(["index", "slim", "workerd", "gateway-server", "exports", "create-client"]);

/** The codebases: a title, the arrows between rooms, and the layers if they are decided and not computed. */
function panels() {
  const core = rustArrows("src").map(renamed((room) => (VOCABULARY.includes(room) ? "vocabulary" : room)));
  const layers = CORE_LAYERS.map((rooms) => (rooms === VOCABULARY ? ["vocabulary"] : rooms));
  const entries = renamed((room) => (PACKAGE_ENTRIES.has(room) ? "entries" : room));
  const pkg = scriptArrows("pkg/src").filter(({ to }) => !GENERATED.has(to)).map(entries);
  return [
    { title: "Core", folder: "src", arrows: core.filter(isBetween), layers },
    { title: "Package", folder: "pkg/src", arrows: pkg.filter(isBetween) },
    { title: "Gateway", folder: "worker/src", arrows: scriptArrows("worker/src") },
  ];
}

const renamed = (name) => (arrow) => ({ ...arrow, from: name(arrow.from), to: name(arrow.to) });
const isBetween = ({ from, to }) => from !== to;

/** Arrows that exist at run time: types are erased, so that their circles do no harm. */
const ofValues = (arrows) => arrows.filter(({ isType }) => !isType);

/** Rows of rooms, the highest first: a room is one row above the highest of those that it imports. */
function layersOf(arrows) {
  const graph = graphOf(ofValues(arrows));
  const rooms = new Set(arrows.flatMap(({ from, to }) => [from, to]));
  const heights = new Map();
  const heightOf = (room, path = []) => {
    if (path.includes(room)) return 0; // A circle, which the tests report.
    if (!heights.has(room)) {
      const below = [...(graph.get(room) ?? [])].map((other) => heightOf(other, [...path, room]) + 1);
      heights.set(room, Math.max(0, ...below));
    }
    return heights.get(room);
  };
  const rows = [];
  for (const room of [...rooms].sort()) (rows[heightOf(room)] ??= []).push(room);
  return rows.reverse();
}

/** The arrows that no longer path implies: if a → b → c, then a → c is not drawn. */
function reduced(arrows, layers) {
  const wrong = new Set(wrongArrows(arrows, layers)); // The tests report them.
  const graph = graphOf(ofValues(arrows).filter((arrow) => !wrong.has(arrow)));
  const reaches = (from, to, seen = new Set()) => {
    if (from === to) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return [...(graph.get(from) ?? [])].some((next) => reaches(next, to, seen));
  };
  return [...graph].flatMap(([from, targets]) =>
    [...targets]
      .filter((to) => ![...targets].some((other) => other !== to && reaches(other, to)))
      .map((to) => ({ from, to })),
  );
}

const widthOf = (room) => Math.round(room.length * LETTER_WIDTH) + 2 * BOX.padding;
const rowWidth = (row) => row.reduce((sum, room) => sum + widthOf(room) + BOX.gap, -BOX.gap);

/** The SVG of one codebase, and its size. */
function drawn({ title, folder, arrows, layers = layersOf(arrows) }, left) {
  const width = Math.max(...layers.map(rowWidth), 160);
  const boxes = new Map();
  layers.forEach((row, at) => {
    let x = left + (width - rowWidth(row)) / 2;
    for (const room of row) {
      boxes.set(room, { x, y: MARGIN + 44 + at * ROW_HEIGHT, width: widthOf(room) });
      x += widthOf(room) + BOX.gap;
    }
  });
  const lines = reduced(arrows, layers).map(({ from, to }) => arrowBetween(boxes.get(from), boxes.get(to)));
  const shapes = [...boxes].map(([room, { x, y, width: boxWidth }]) => {
    const text = `<text x="${round(x + boxWidth / 2)}" y="${y + 20}" text-anchor="middle">${room}</text>`;
    return `<rect x="${round(x)}" y="${y}" width="${boxWidth}" height="${BOX.height}" rx="5"/>${text}`;
  });
  const heading = `<text class="title" x="${round(left + width / 2)}" y="${MARGIN + 16}" text-anchor="middle">${title}: ${folder}/</text>`;
  return { width, height: MARGIN * 2 + 44 + layers.length * ROW_HEIGHT, svg: [heading, ...lines, ...shapes] };
}

function arrowBetween(from, to) {
  const [x1, x2] = [from.x + from.width / 2, to.x + to.width / 2].map(round);
  if (from.y === to.y) {
    const [y, high] = [from.y, from.y - 22];
    return `<path d="M${x1} ${y}C${x1} ${high} ${x2} ${high} ${x2} ${y - 2}"/>`;
  }
  const [y1, y2] = [from.y + BOX.height, to.y - 2];
  const middle = round((y1 + y2) / 2);
  return `<path d="M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}"/>`;
}

const round = (number) => Math.round(number * 10) / 10;

function svgOf(all) {
  let left = MARGIN;
  const parts = all.map((panel) => {
    const part = drawn(panel, left);
    left += part.width + 2 * MARGIN;
    return part;
  });
  const width = Math.round(left - MARGIN);
  const height = Math.max(...parts.map((part) => part.height));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="The rooms of the core, the package and the gateway, with their imports">
<style>
  text { font: 12px ui-monospace, Menlo, Consolas, monospace; fill: #1f2328 }
  .title { font-weight: bold; font-size: 14px }
  rect { fill: #f3f6fa; stroke: #57606a }
  path { fill: none; stroke: #0969da; stroke-width: 1.2; marker-end: url(#head) }
</style>
<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" style="fill:#0969da;stroke:none;marker-end:none"/></marker></defs>
<rect width="100%" height="100%" style="fill:#fff;stroke:none"/>
${parts.flatMap(({ svg }) => svg).join("\n")}
</svg>
`;
}

/** A table for each codebase: each room, and the rooms that it imports. */
function tablesOf(all) {
  return all
    .map(({ title, folder, arrows }) => {
      const graph = graphOf(ofValues(arrows));
      const rows = [...graph].sort().map(([room, targets]) => `| ${room} | ${[...targets].sort().join(", ")} |`);
      const found = circles(ofValues(arrows)).map((group) => `Circle: ${group.join(", ")}.\n\n`);
      return `**${title}**, \`${folder}/\`\n\n${found.join("")}| room | imports |\n|---|---|\n${rows.join("\n")}\n`;
    })
    .join("\n");
}

/** The files as the imports are now: `{ path: text }`. */
export function architecture() {
  const all = panels();
  const page = readFileSync(join(root, PAGE), "utf8");
  const [before, after] = [page.split(START)[0], page.split(END)[1]];
  return { [SVG]: svgOf(all), [PAGE]: `${before}${START}\n\n${tablesOf(all)}\n${END}${after}` };
}

if (isMain(import.meta.url)) {
  await main(async () => {
    for (const [path, text] of Object.entries(architecture())) {
      writeFileSync(join(root, path), text);
      note(path);
    }
  });
}
