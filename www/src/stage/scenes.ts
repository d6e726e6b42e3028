// Drawn scenes: the posters of the examples, and the pictures that two of them send.

/** A blob: the browser reads each drawing in a task of its own, and those of `data:` URLs in one. */
function svg(body: string): string {
  const text = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 180" width="320" height="180" preserveAspectRatio="xMidYMid slice">${body}</svg>`;
  return URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
}

const sky = (id: string, stops: [string, string][]): string =>
  `<defs><linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1">${stops
    .map(([offset, color]) => `<stop offset="${offset}" stop-color="${color}"/>`)
    .join("")}</linearGradient></defs><rect width="320" height="180" fill="url(#${id})"/>`;

const stars = (points: [number, number][]): string =>
  points.map(([x, y], index) => `<circle cx="${x}" cy="${y}" r="${index % 3 === 0 ? 1.1 : 0.7}" fill="#fff" opacity=".8"/>`).join("");

const towers: [number, number, number, string][] = [
  [8, 88, 30, "#2b2a4a"], [42, 66, 26, "#232342"], [72, 100, 34, "#2f2d52"], [110, 48, 24, "#1e1e3a"], [138, 82, 36, "#2a2949"],
  [178, 60, 28, "#22213f"], [210, 94, 30, "#302e55"], [244, 54, 26, "#1f1f3c"], [274, 78, 40, "#282747"],
];

const windows = (x: number, y: number, width: number): string => {
  const lit: string[] = [];
  for (let row = 0; row < 6; row += 1) {
    for (let column = 0; column < Math.floor(width / 8); column += 1) {
      if ((row * 7 + column * 5 + x) % 3 !== 0) continue;
      lit.push(`<rect x="${x + 4 + column * 8}" y="${y + 8 + row * 13}" width="3.5" height="5" fill="#ffd98a" opacity=".9"/>`);
    }
  }
  return lit.join("");
};

const pine = (x: number, base: number, height: number, color: string): string => {
  const half = height * 0.26;
  const tiers = [0, 0.26, 0.5].map((at) => {
    const top = base - height * (1 - at);
    const wide = half * (0.5 + at);
    return `<path d="M${x} ${top} L${x + wide} ${top + height * 0.46} H${x - wide}Z"/>`;
  });
  return `<g fill="${color}">${tiers.join("")}</g>`;
};

export const SCENES = {
  lighthouse: svg(
    sky("a", [["0", "#12203f"], ["0.55", "#5a5a8c"], ["0.8", "#f0a27a"], ["1", "#f6c79a"]]) +
      stars([[30, 18], [64, 34], [98, 14], [262, 20], [292, 40], [226, 12]]) +
      `<path d="M214 62 0 24v58z" fill="#ffe9ad" opacity=".3"/><path d="M226 62 320 40v46z" fill="#ffe9ad" opacity=".3"/>` +
      `<path d="M0 128q40-8 80 0t80 0 80 0 80 0v52H0z" fill="#27446b"/><path d="M0 142q32-7 64 0t64 0 64 0 64 0 64 0v38H0z" fill="#1b3354"/>` +
      `<path d="M172 180q6-34 34-44l30-2q34 6 52 46z" fill="#17202c"/>` +
      `<path d="m211 136 4-62h10l4 62z" fill="#f4f1ea"/><path d="m213.5 96 1-14h11l1 14zm-1.6 30 1-14h15.4l1 14z" fill="#c8453b"/>` +
      `<rect x="212" y="64" width="16" height="10" rx="1" fill="#1f2733"/><rect x="215" y="57" width="10" height="8" fill="#ffeaa6"/><path d="M213 57h14l-7-7z" fill="#c8453b"/>` +
      `<path d="M0 160q32-6 64 0t64 0 64 0 64 0 64 0v20H0z" fill="#12263f"/>`,
  ),
  city: svg(
    sky("b", [["0", "#2b2c63"], ["0.5", "#8a5a8f"], ["0.8", "#f39a73"], ["1", "#ffd79a"]]) +
      `<circle cx="168" cy="112" r="30" fill="#ffe0a3"/>` +
      towers.map(([x, y, width, color]) => `<rect x="${x}" y="${y}" width="${width}" height="${180 - y}" fill="${color}"/>${windows(x, y, width)}`).join("") +
      `<rect y="158" width="320" height="22" fill="#15152b"/><path d="M0 168h320" stroke="#ffb56b" stroke-width="1.5" stroke-dasharray="14 10" opacity=".8"/>`,
  ),
  balloon: svg(
    sky("c", [["0", "#7db6e8"], ["0.7", "#d9ecf7"], ["1", "#fdf3df"]]) +
      `<path d="m0 150 56-62 34 34 50-66 62 70 38-34 80 62v26H0z" fill="#9db4cf"/><path d="m140 56-18 24 12 8 10-6 8 8 10-6z M56 88 44 101l10 6 8-5 8 3z" fill="#fff"/>` +
      `<path d="m0 166 70-34 60 26 66-30 124 40v12H0z" fill="#5f7d76"/>` +
      `<path d="M226 20c-24 0-36 18-36 36 0 22 22 34 28 46h16c6-12 28-24 28-46 0-18-12-36-36-36z" fill="#d6433a"/><path d="M226 20c-9 0-13 18-13 36 0 22 7 34 9 46h8c2-12 9-24 9-46 0-18-4-36-13-36z" fill="#f0715f"/>` +
      `<path d="m219 102 2 12m12-12-2 12" stroke="#5b4334" stroke-width="1.5"/><rect x="219" y="113" width="14" height="10" rx="2" fill="#7a5638"/>` +
      `<path d="M40 40q10-10 22-2 10-8 18 2h10q6 8-2 10H36q-8-4 4-10z" fill="#fff" opacity=".9"/>`,
  ),
  mountains: svg(
    sky("d", [["0", "#5f8fca"], ["0.8", "#dbe9f4"], ["1", "#f7e8d2"]]) +
      `<path d="m0 140 70-80 44 50 60-84 76 94 30-30 40 40v50H0z" fill="#8098b8"/><path d="m174 26-26 36 14 10 12-8 12 10 12-12z M70 60 50 83l14 7 10-6 12 6z" fill="#fff"/><path d="m0 160 90-30 80 24 150-34v60H0z" fill="#eef4f8"/>`,
  ),
  campfire: svg(
    sky("e", [["0", "#070d1d"], ["0.7", "#13233b"], ["1", "#2b2a33"]]) +
      stars([[22, 20], [58, 12], [90, 36], [130, 16], [170, 28], [210, 10], [248, 32], [286, 18], [304, 44]]) +
      [[20, 152, 104], [56, 156, 84], [262, 156, 92], [300, 152, 112], [228, 160, 64], [96, 160, 60]].map(([x, base, height]) => pine(x!, base!, height!, "#0d1c22")).join("") +
      `<path d="M0 150q160-14 320 0v30H0z" fill="#1a1c1f"/><circle cx="160" cy="136" r="46" fill="#ff9a3d" opacity=".18"/><circle cx="160" cy="138" r="28" fill="#ffb45e" opacity=".25"/>` +
      `<path d="M160 100c4 14 18 18 18 34a18 18 0 0 1-36 0c0-10 8-12 9-22 4 4 5 6 5 10 4-6 5-12 4-22z" fill="#ff8a2b"/><path d="M160 118c2 8 9 10 9 19a9 9 0 0 1-18 0c0-6 4-7 5-12 2 2 2 4 3 6 1-4 2-7 1-13z" fill="#ffe08a"/>` +
      `<path d="m136 152 50 10m0-10-50 10" stroke="#5a3a22" stroke-width="6" stroke-linecap="round"/>` +
      `<g fill="#ffb45e"><circle cx="150" cy="88" r="1.2"/><circle cx="170" cy="76" r="1"/><circle cx="160" cy="62" r=".8"/></g>`,
  ),
} as const;
