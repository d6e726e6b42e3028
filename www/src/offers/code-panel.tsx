// The request as programs to copy, a tab each.

import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { randomUUID } from "../../../pkg/dist/util/uuid.js";
import type { CodeEnvironment, CodeTab } from "../code/index.js";
import { CopyButton } from "../shell/parts.js";
import { Tabs } from "../shell/tabs.js";
import { allImages, request } from "../state/draft.js";
import { environment } from "../state/environment.js";
import { limitUsd, target } from "../state/quotes.js";
import { gatewayOf } from "../state/settings.js";
import type { EnvironmentId } from "../state/settings.js";

const PLACES: Record<EnvironmentId, CodeEnvironment> = { page: "simulated", local: "simulated", live: "keys", gateway: "gateway" };
/** Of a draft: running its program twice does not pay twice, and that of another draft is another video. */
let keyed: { draft: string; key: string } | undefined;

function keyOf(draft: string): string {
  if (keyed?.draft !== draft) keyed = { draft, key: randomUUID() };
  return keyed.key;
}

export function CodePanel() {
  const tabs = useSignal<CodeTab[]>([]);
  const chosen = useSignal<CodeTab["id"]>("node");
  const { model, provider } = target.value;
  const id = environment.value?.id ?? "page";
  const shown = { ...request.value, ...(model && { model }) };
  const limit = limitUsd.value;
  const options = {
    provider,
    maxCostUsd: Number.isNaN(limit) ? undefined : limit,
    images: allImages.value.map(({ uri, name }) => ({ uri, name: name.replace(/, .*$/, "") })),
    gatewayUrl: gatewayOf().url || undefined,
    idempotencyKey: keyOf(JSON.stringify([id, shown, provider])),
  };
  useEffect(() => {
    let isCurrent = true;
    void import("../code/index.js")
      .then(({ codeTabs }) => codeTabs(PLACES[id], shown, options))
      .then((written) => isCurrent && (tabs.value = written));
    return () => void (isCurrent = false);
  }, [JSON.stringify([id, shown, options])]);
  const tab = tabs.value.find((each) => each.id === chosen.value) ?? tabs.value[0];
  return (
    <section class="code" aria-labelledby="code-title">
      <h2 class="hidden" id="code-title">Code</h2>
      <div class="code-head">
        <Tabs
          label="Client"
          kind="code-tabs"
          tabs={tabs.value.map((each) => ({ id: `code-${each.id}`, label: each.label, panel: "program" }))}
          selected={`code-${tab?.id}`}
          onSelect={(tabId) => (chosen.value = tabId.slice("code-".length) as CodeTab["id"])}
        />
        <CopyButton label="Copy" id="copy-code" text={() => tab?.text ?? ""} />
      </div>
      <pre tabIndex={0} id="program" role="tabpanel" aria-labelledby={`code-${tab?.id}`}><code id="code">{tab?.text}</code></pre>
    </section>
  );
}
