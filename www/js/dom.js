// The few things every other module does to the document. Text is always set as text: the page's
// content security policy refuses every way of turning data into markup.

export const byId = (id) => document.getElementById(id);

/** Makes an element: `class` and attributes by name, `onclick` and the like as listeners. */
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

/** A message's text, with the names in backticks as code. */
export function prose(text) {
  const parts = text.split(/`([^`]*)`/);
  return parts.map((part, index) => (index % 2 === 1 ? el("code", {}, part) : part));
}

/** Marks a control as holding something that is wrong. */
export function setInvalid(control, invalid) {
  if (invalid) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
}

/** Says something to a screen reader, and to nobody else. */
export function announce(text) {
  byId("announcer").textContent = text;
}

/** A button that copies what `text` returns, and says so for a moment. */
export function copyButton(label, text) {
  const button = el("button", { type: "button", class: "small" }, label);
  wireCopy(button, text);
  return button;
}

export function wireCopy(button, text) {
  const label = button.textContent;
  button.addEventListener("click", async () => {
    const copied = await navigator.clipboard?.writeText(text()).then(
      () => true,
      () => false,
    );
    button.textContent = copied ? "Copied" : "Not allowed to copy";
    announce(button.textContent);
    setTimeout(() => (button.textContent = label), 2000);
  });
}

/** Calls `action` once things have been quiet for `ms`. */
export function debounce(action, ms) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, ms);
  };
}
