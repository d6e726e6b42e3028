// A row of tabs. Arrow keys move between them.

export interface Tab {
  id: string;
  label: string;
  /** The id of what it shows. */
  panel: string;
}

export function Tabs({ label, tabs, selected, onSelect, kind = "tabs" }: {
  label: string;
  tabs: readonly Tab[];
  selected: string;
  onSelect(id: string): void;
  kind?: string;
}) {
  const ids = tabs.map(({ id }) => id);
  const onKeyDown = ({ key }: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (step === undefined) return;
    const next = ids[(ids.indexOf(selected) + step + ids.length) % ids.length]!;
    onSelect(next);
    requestAnimationFrame(() => document.getElementById(next)?.focus());
  };
  return (
    <div class={kind} role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {tabs.map(({ id, label: text, panel }) => (
        <button
          key={id}
          type="button"
          role="tab"
          id={id}
          aria-selected={selected === id}
          aria-controls={panel}
          tabIndex={selected === id ? 0 : -1}
          onClick={() => onSelect(id)}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
