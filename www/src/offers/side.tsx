// The right column: offers or code. On a narrow screen it is a sheet.

import { Icon } from "../shell/parts.js";
import { Tabs } from "../shell/tabs.js";
import { canBreak } from "../state/break-it.js";
import { isSideOpen, sideTab } from "../state/ui.js";
import type { SideTab } from "../state/ui.js";
import { BreakItPanel } from "./break-it-panel.js";
import { CodePanel } from "./code-panel.js";
import { Offers } from "./offers.js";

const TABS: [SideTab, string][] = [
  ["offers", "Offers"],
  ["code", "Code"],
  ["break-it", "Break it"],
];

export function Side() {
  const close = () => {
    isSideOpen.value = false;
    document.querySelector<HTMLElement>(".offer-summary")?.focus();
  };
  const onKeyDown = ({ key }: KeyboardEvent) => {
    if (key === "Escape" && isSideOpen.value) close();
  };
  return (
    <aside class="side" data-open={isSideOpen.value ? "" : undefined} aria-label="Offers and code" onKeyDown={onKeyDown}>
      <div class="side-head">
        <Tabs
          label="Right column"
          tabs={tabs().map(([id, label]) => ({ id: `tab-${id}`, label, panel: `panel-${id}` }))}
          selected={`tab-${shownTab()}`}
          onSelect={(id) => (sideTab.value = id.slice("tab-".length) as SideTab)}
        />
        <button type="button" class="quiet side-close" aria-label="Close" onClick={close}><Icon name="close" /></button>
      </div>
      {tabs().map(([id]) => (
        <div key={id} class="side-panel" id={`panel-${id}`} role="tabpanel" aria-labelledby={`tab-${id}`} hidden={shownTab() !== id}>
          {shownTab() === id && <Panel id={id} />}
        </div>
      ))}
    </aside>
  );
}

function Panel({ id }: { id: SideTab }) {
  if (id === "break-it") return <BreakItPanel />;
  return id === "code" ? <CodePanel /> : <Offers />;
}

/** Only what is simulated can be broken. */
const tabs = (): typeof TABS => (canBreak.value ? TABS : TABS.filter(([id]) => id !== "break-it"));

const shownTab = (): SideTab => (tabs().some(([id]) => id === sideTab.value) ? sideTab.value : "offers");
