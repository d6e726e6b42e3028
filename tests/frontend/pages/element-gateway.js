// A page that says all in attributes, except for the API key, which its server mints.
import "filmgate/element";

const element = document.querySelector("filmgate-video");
globalThis.events = [];
for (const type of ["progress", "done", "error"]) {
  element.addEventListener(type, ({ detail }) => events.push([type, detail.status ?? detail.code ?? detail.videos.length]));
}
element.apiKey = async () => (await (await fetch("/session")).json()).apiKey;
