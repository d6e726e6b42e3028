// What the tabs of an origin know of a session: in `localStorage`, without prompt, URL or key.
import type { Handle, JobUpdate } from "../types/index.js";

/** A session as it is saved. */
export interface Saved extends Partial<Pick<JobUpdate, "status" | "progress" | "etaMs">> {
  /** Id of the job. */
  key: string;
  /** Handle of the job, once it is accepted. */
  handle?: Handle;
  /** Whether the job has ended. */
  ended?: boolean;
  /** Another tab asks the one that tracks the job to cancel it. */
  cancel?: boolean;
}

const PREFIX = "filmgate:";

/** One session's entry. Without an id it is in memory. */
export class SavedSession {
  readonly #name: string | undefined;
  #memory: Saved | undefined;
  #isListening = false;
  readonly #onStorage: (event: StorageEvent) => void;

  /** `onChange`: another tab has written this. The entry may have changed again since. */
  constructor(id: string | undefined, onChange: (written: Saved | undefined) => void) {
    this.#name = id === undefined ? undefined : PREFIX + id;
    this.#onStorage = ({ key, newValue }) => {
      // `key` is null if all entries were removed.
      if (key !== null && key !== this.#name) return;
      this.#memory = this.#stored();
      onChange(parsed(newValue));
    };
  }

  /** The name of the lock of the tab that tracks the job. */
  get lockName(): string | undefined {
    return this.#name;
  }

  read(): Saved | undefined {
    return this.#stored() ?? this.#memory;
  }

  /** Returns whether it worked. If storage is full or blocked, other tabs and a reload do not know of it. */
  write(saved: Saved | undefined): boolean {
    this.#memory = saved;
    if (this.#name === undefined) return true;
    try {
      if (saved) localStorage.setItem(this.#name, JSON.stringify(saved));
      else localStorage.removeItem(this.#name);
      return true;
    } catch {
      return false;
    }
  }

  /** Listens to other tabs, or stops. */
  listen(isWanted: boolean): void {
    if (this.#name === undefined || isWanted === this.#isListening || typeof addEventListener !== "function") return;
    this.#isListening = isWanted;
    if (isWanted) addEventListener("storage", this.#onStorage);
    else removeEventListener("storage", this.#onStorage);
  }

  #stored(): Saved | undefined {
    if (this.#name === undefined) return undefined;
    try {
      return parsed(localStorage.getItem(this.#name));
    } catch {
      // Storage is blocked.
      return undefined;
    }
  }
}

/** The entry, which any script of the origin may have written. */
function parsed(text: string | null): Saved | undefined {
  try {
    const saved = JSON.parse(text ?? "null") as Saved | null;
    return typeof saved?.key === "string" ? saved : undefined;
  } catch {
    return undefined;
  }
}
