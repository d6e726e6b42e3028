// Where videos are generated: simulated, with the user's own keys, or at a gateway; and what each needs.

import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { Menu } from "../shell/parts.js";
import { ENVIRONMENT_NAMES } from "../state/environment.js";
import { pendingElsewhere } from "../state/jobs.js";
import { PROVIDERS, connection, gatewayOf, gatewayUrlIssue, local, settings, takeTypedUrl, typedUrl } from "../state/settings.js";
import type { EnvironmentId } from "../state/settings.js";
import { providerName } from "../text/format.js";

const CHOICES: [EnvironmentId, string][] = [
  ["page", "In this page: no key, no server, no cost"],
  ["local", "Over HTTP, no cost"],
  ["live", "RunPod and Runware, at real cost"],
  ["gateway", "Your API key for a gateway"],
];

export function EnvironmentMenu() {
  const id = settings.environment.value;
  return (
    <Menu
      id="environments"
      className="environment-menu"
      title={`Environment: ${ENVIRONMENT_NAMES[id]}`}
      label={<><span class={`dot dot-${id}`} aria-hidden="true" /><span class="menu-name">{ENVIRONMENT_NAMES[id]}</span></>}
    >
      <form autocomplete="off" noValidate onSubmit={(event) => event.preventDefault()}>
        <fieldset class="choices">
          <legend>Environment</legend>
          {CHOICES.filter(([choice]) => choice !== "local" || local).map(([choice, text]) => (
            <Choice key={choice} id={choice} text={text} />
          ))}
        </fieldset>
        {id === "live" && <LiveSettings />}
        {id === "gateway" && <GatewaySettings />}
      </form>
    </Menu>
  );
}

function Choice({ id, text }: { id: EnvironmentId; text: string }) {
  const count = pendingElsewhere.value[id] ?? 0;
  return (
    <label class="choice" id={`environment-${id}`}>
      <input
        type="radio"
        name="environment"
        value={id}
        checked={settings.environment.value === id}
        onChange={() => (settings.environment.value = id)}
      />
      <span>
        <strong>{ENVIRONMENT_NAMES[id]}</strong> <small>{text}</small>
        {count > 0 && <small class="pending">{count === 1 ? "1 job in progress." : `${count} jobs in progress.`}</small>}
      </span>
    </label>
  );
}

interface TextFieldProps {
  id: string;
  label: string;
  value: Signal<string>;
  placeholder?: string;
  describedBy: string;
}

/** A key counts letter by letter. */
const KeyField = (props: TextFieldProps) => (
  <TextField {...props} type="password" text={props.value.value} onInput={(text) => (props.value.value = text)} />
);

/** A URL counts once its field is left. */
function UrlField(props: TextFieldProps) {
  const { value: url } = props;
  const typed = typedUrl.value;
  const text = typed?.url === url ? typed.text : url.value;
  return <TextField {...props} type="url" text={text} onInput={(next) => (typedUrl.value = { url, text: next })} onChange={takeTypedUrl} />;
}

function TextField({ id, label, type, text, placeholder, describedBy, onInput, onChange }: TextFieldProps & {
  type: "password" | "url";
  text: string;
  onInput: (text: string) => void;
  onChange?: () => void;
}) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type={type as "password"}
        autocomplete={type === "password" ? "new-password" : "off"}
        spellcheck={false}
        placeholder={placeholder}
        aria-describedby={describedBy}
        value={text}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
        onChange={onChange}
      />
    </div>
  );
}

function Remember({ id, label, value }: { id: string; label: string; value: Signal<boolean> }) {
  return (
    <label class="checkbox">
      <input type="checkbox" id={id} checked={value.value} onChange={({ currentTarget }) => (value.value = currentTarget.checked)} /> {label}
    </label>
  );
}

const BASE_URLS = { runpod: "https://api.runpod.ai/v2", runware: "https://api.runware.ai/v1" };

function LiveSettings() {
  return (
    <div id="live-settings" class="environment-settings">
      <div class="pairs">
        {PROVIDERS.map((id) => (
          <KeyField key={id} id={`key-${id}`} label={`${providerName(id)} API key`} value={settings.keys[id]} describedBy="keys-hint" />
        ))}
      </div>
      <p class="hint" id="keys-hint">One key is enough. Keys stay in this page's memory and are sent only to their provider.</p>
      <Remember id="remember" label="Remember the keys on this device" value={settings.remember} />
      <details>
        <summary>Custom base URLs</summary>
        <p class="hint" id="proxy-hint">
          If a provider does not allow requests from web pages (CORS), the browser reports a network error. Enter the URL
          of your own proxy here, or use a gateway.
        </p>
        <div class="pairs">
          {PROVIDERS.map((id) => (
            <UrlField key={id} id={`base-${id}`} label={`${providerName(id)} base URL`} value={settings.urls[id]} placeholder={BASE_URLS[id]} describedBy="proxy-hint" />
          ))}
        </div>
      </details>
    </div>
  );
}

function GatewaySettings() {
  return (
    <div id="gateway-settings" class="environment-settings">
      <UrlField id="gateway-url" label="Gateway URL" value={settings.gatewayUrl} placeholder="https://gateway.example" describedBy="gateway-hint" />
      <KeyField id="gateway-api-key" label="API key" value={settings.gatewayKey} describedBy="gateway-hint" />
      <p class="hint" id="gateway-hint">
        The gateway has the provider keys, the jobs and the videos. The API key stays in this page's memory and is sent
        only to the gateway.
      </p>
      <Remember id="remember-api-key" label="Remember the API key on this device" value={settings.rememberGateway} />
      <GatewayState />
    </div>
  );
}

/** Whether the gateway accepts this page and key, before anything is generated there. */
function GatewayState() {
  const text = useSignal("");
  const { text: known } = connection.value;
  useEffect(() => {
    let isCurrent = true;
    text.value = "";
    void gatewayState().then((state) => isCurrent && (text.value = state));
    return () => void (isCurrent = false);
  }, [known]);
  return <p class="hint" id="gateway-state" role="status">{text}</p>;
}

/** Fetches the gateway's models, which costs nothing. */
async function gatewayState(): Promise<string> {
  const { url, apiKey } = gatewayOf();
  if (!url || !apiKey) return "";
  const issue = gatewayUrlIssue(url);
  if (issue) return issue;
  try {
    const headers = { authorization: `Bearer ${apiKey}` };
    const { ok, status } = await fetch(`${url.replace(/\/+$/, "")}/v1/models`, { headers });
    if (ok) return "The gateway accepts the API key.";
    if (status === 401) return "The gateway rejects this API key.";
    return `This URL returns HTTP ${status}.`;
  } catch {
    return "No response. Check the URL, and that the gateway lists this page's origin in CORS_ORIGINS.";
  }
}
