// The DOM helpers of every other module. Text is always set as text: the page's content security
// policy blocks every way to turn data into markup.

export const byId = (id) => document.getElementById(id);

/** Creates an element: `class` and attributes by name, `onclick` and the like as listeners. */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== undefined));
  return node;
}

/** A message as nodes; names in backticks become `<code>`. */
export function prose(text) {
  const parts = text.split(/`([^`]*)`/);
  return parts.map((part, index) => (index % 2 === 1 ? el("code", {}, part) : part));
}

/** Marks a control as invalid. */
export function setInvalid(control, invalid) {
  if (invalid) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
}

/** Announces a text to screen readers only. */
export function announce(text) {
  byId("announcer").textContent = text;
}

/** A button that copies what `text()` returns, and confirms it for two seconds. */
export function copyButton(label, text) {
  const button = el("button", { type: "button", class: "small" }, label);
  bindCopy(button, text);
  return button;
}

export function bindCopy(button, text) {
  const label = button.textContent;
  button.addEventListener("click", async () => {
    const copied = await navigator.clipboard?.writeText(text()).then(
      () => true,
      () => false,
    );
    button.textContent = copied ? "Copied" : "Copying is not allowed";
    announce(button.textContent);
    setTimeout(() => (button.textContent = label), 2000);
  });
}

/** Calls `action` once it has not been requested for `ms` milliseconds. */
export function debounce(action, ms) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, ms);
  };
}
