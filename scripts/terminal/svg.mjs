// Draws frames of a terminal as one animated SVG: the frames are side by side, and move by whole widths.
const CELL = { width: 8.4, height: 19 };
const PADDING = 16;
const BAR_HEIGHT = 30;
const BACKGROUND = "#0d1117";
const FOREGROUND = "#e6edf3";
const DIM = "#8b949e";
/** The eight colors of a terminal that a session uses. */
const COLORS = ["#484f58", "#ff7b72", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", "#e6edf3"];

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** The drawing of frames `{ lines, shownMs }`, of which a line is a list of cells `{ text, color, isDim }`. */
export function svgOf(frames, { columns, rows }) {
  const width = Math.ceil(columns * CELL.width) + 2 * PADDING;
  const height = rows * CELL.height + 2 * PADDING + BAR_HEIGHT;
  const defined = new Map();
  const idOf = (line) => {
    const drawn = drawnLine(line);
    if (drawn === "") return undefined;
    if (!defined.has(drawn)) defined.set(drawn, `l${defined.size}`);
    return defined.get(drawn);
  };
  const groups = frames.map(({ lines }, at) => {
    const uses = lines.flatMap((line, row) => {
      const id = idOf(line);
      return id ? [`<use href="#${id}" y="${(row + 1) * CELL.height}"/>`] : [];
    });
    return `<g transform="translate(${at * width} 0)">${uses.join("")}</g>`;
  });
  const totalMs = frames.reduce((sum, { shownMs }) => sum + shownMs, 0);
  let passedMs = 0;
  const keys = frames.map(({ shownMs }, at) => {
    const percent = (passedMs / totalMs) * 100;
    passedMs += shownMs;
    return `${percent.toFixed(3)}%{transform:translateX(${-at * width}px)}`;
  });
  const last = `translateX(${-(frames.length - 1) * width}px)`;
  const dots = ["#ff5f57", "#febc2e", "#28c840"].map((color, at) => `<circle cx="${18 + at * 18}" cy="17" r="5.5" fill="${color}"/>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" role="img" aria-label="A terminal session of filmgate">
<style>
text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:${FOREGROUND};white-space:pre}
${COLORS.map((color, at) => `.c${at}{fill:${color}}`).join("")}.d{fill:${DIM}}
.frames{animation:play ${totalMs}ms step-end infinite}
@keyframes play{${keys.join("")}}
@media (prefers-reduced-motion:reduce){.frames{animation:none;transform:${last}}}
</style>
<rect width="${width}" height="${height}" rx="8" fill="${BACKGROUND}"/>${dots.join("")}
<defs>${[...defined].map(([drawn, id]) => `<g id="${id}">${drawn}</g>`).join("\n")}</defs>
<svg x="${PADDING}" y="${BAR_HEIGHT}" width="${width - 2 * PADDING}" height="${height - BAR_HEIGHT}"><g class="frames">
${groups.join("\n")}
</g></svg>
</svg>
`;
}

/** A line as texts, one for each run of cells of one color. Each has its own position, whatever the font's width. */
function drawnLine(line) {
  const runs = [];
  for (const [at, { text, color, isDim }] of line.entries()) {
    const name = color === undefined ? (isDim ? "d" : "") : `c${color % COLORS.length}`;
    const current = runs.at(-1);
    if (current?.name === name) current.text += text;
    else runs.push({ name, text, at });
  }
  return runs
    .filter(({ text }) => text.trim() !== "")
    .map(({ name, text, at }) => {
      const shown = text.trimEnd();
      const start = shown.length - shown.trimStart().length;
      const x = ((at + start) * CELL.width).toFixed(1);
      const length = ((shown.length - start) * CELL.width).toFixed(1);
      return `<text x="${x}"${name && ` class="${name}"`} textLength="${length}" lengthAdjust="spacingAndGlyphs">${escaped(shown.trim())}</text>`;
    })
    .join("");
}
