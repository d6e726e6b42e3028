// A page with one component around `useGenerateVideo`: its state as JSON in `#state`, and a button for each function.
import { createElement as h, StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { useGenerateVideo } from "filmgate/react";
import { createClient } from "test-client";

const query = new URLSearchParams(location.search);
const { client: real, request: whole, options } = createClient(query);
const request = { ...whole, ...JSON.parse(query.get("request") ?? "{}") };
// As with a gateway that has not planned yet: a submit is stored and sent after `plan()`.
const isPlanned = new Promise((plan) => (globalThis.plan = plan));
const planned = { resume: real.resume, job: real.job, submit: async (...given) => (await isPlanned, real.submit(...given)) };
const client = query.has("plans") ? planned : real;
const id = query.get("id") ?? undefined;
globalThis.results = [];

function Video({ submitsInEffect }) {
  const { submit, cancel, resume, reset, ...state } = useGenerateVideo(client, id === undefined ? {} : { id });
  const log = (name, promise) =>
    promise.then(
      (value) => results.push([name, value?.result ?? value?.videos?.length ?? null]),
      (error) => results.push([name, error.code]),
    );
  useEffect(() => {
    if (submitsInEffect) log("submit", submit(request, options));
  }, []);
  const button = (name, onClick) => h("button", { onClick }, name);
  return h(
    "div",
    null,
    button("Submit", () => log("submit", submit(request, options))),
    button("Other", () => log("other", submit({ ...request, prompt: "Another one" }, options))),
    button("Reuse", () => {
      const reused = { ...request };
      log("reuse", submit(reused, options));
      reused.prompt = "Another one";
    }),
    button("Cancel", () => log("cancel", cancel())),
    button("Resume", () => log("resume", resume())),
    button("Reset", reset),
    h("output", { id: "state" }, JSON.stringify({ ...state, error: state.error && state.error.toJSON() })),
  );
}

function App() {
  const [isMounted, setMounted] = useState(true);
  return h(
    "main",
    null,
    h("button", { onClick: () => setMounted(!isMounted) }, "Toggle"),
    isMounted && h(Video, { submitsInEffect: query.has("effect") }),
    isMounted && query.has("twice") && h("div", { id: "second" }, h(Video)),
  );
}

createRoot(document.querySelector("#root")).render(h(StrictMode, null, h(App)));
