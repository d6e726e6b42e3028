/** Every part can be styled by `::part()`, and the rest by custom properties. */
export const STYLE = `
:host { display: block; container-type: inline-size; font: var(--filmgate-font, inherit); color: var(--filmgate-color, inherit); }
:host([hidden]), [hidden] { display: none !important; }
[part=stage] { display: grid; place-items: center; overflow: hidden; box-sizing: border-box;
  border: 1px solid rgb(128 128 128 / 50%); aspect-ratio: var(--filmgate-aspect-ratio, 16 / 9);
  background: var(--filmgate-stage-background, #111); border-radius: var(--filmgate-radius, 8px); }
[part=poster], [part=video] { inline-size: 100%; block-size: 100%; object-fit: contain; }
[part=bar] { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 12px; margin-block-start: 8px; }
[part=status], [part=detail], [part=error] { margin: 0; }
[part=status] { flex: 1 1 auto; }
[part=error] { flex: 1 0 100%; font-weight: 600; overflow-wrap: anywhere; }
[part=progress] { flex: 1 0 100%; inline-size: 100%; accent-color: var(--filmgate-accent, #1d4ed8); }
button { min-block-size: 44px; min-inline-size: 44px; padding: 0 16px; font: inherit; font-weight: 600; cursor: pointer;
  border: 1px solid transparent; border-radius: var(--filmgate-radius, 8px);
  background: var(--filmgate-accent, #1d4ed8); color: var(--filmgate-accent-color, #fff); }
button[aria-disabled=true] { cursor: progress; opacity: 60%; }
button.secondary { background: transparent; color: inherit; border-color: currentColor; }
button:focus-visible, video:focus-visible { outline: 3px solid var(--filmgate-focus, currentColor); outline-offset: 2px; }
`;
