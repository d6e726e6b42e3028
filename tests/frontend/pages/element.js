// A page with one `<filmgate-video>`, which is in the document before it is defined.
import { createClient } from "test-client";

const query = new URLSearchParams(location.search);
const { client, request, options } = createClient(query);
const element = document.querySelector("filmgate-video");
globalThis.events = [];
for (const type of ["progress", "done", "error"]) {
  element.addEventListener(type, ({ detail }) => events.push([type, detail.status ?? detail.code ?? detail.videos.length]));
}
if (query.has("session")) element.setAttribute("session", query.get("session"));
element.client = client;
element.request = { ...request, prompt: query.get("prompt") ?? request.prompt };
element.options = options;
await import("filmgate/element");
