"use client";
// A component that generates with the hook at one provider, and with the element at the other. Without JSX, which is
// another thing in each tool.
import { createFilmgate } from "filmgate";
import "filmgate/element";
import { createGatewayClient } from "filmgate/gateway";
import { useGenerateVideo } from "filmgate/react";
import { createElement as h, useEffect, useRef, useState } from "react";
import { REQUEST, clientOf, describe } from "./generate.mjs";

// It is bundled with the rest; no gateway is called.
createGatewayClient({ url: "https://gateway.example", apiKey: "fgw_any" });

export function Frontend({ providers }) {
  const [client] = useState(() => clientOf(createFilmgate, providers));
  const element = useRef(null);
  const [report, setReport] = useState();
  const { submit, status, error } = useGenerateVideo(client, { id: "packaging" });
  useEffect(() => {
    const quotes = client.quote(REQUEST).filter(({ available }) => available);
    const priceOf = (name) => quotes.find(({ provider }) => provider === name).totalUsd;
    Object.assign(element.current, { client, request: REQUEST, options: { provider: "runware" } });
    Promise.all([submit(REQUEST, { provider: "runpod" }), element.current.submit()])
      .then((results) => Promise.all(results.map((result) => describe(client, priceOf(result.provider), result))))
      .then((videos) => setReport({ videos }))
      .catch((failure) => setReport({ error: `${failure.name}: ${failure.message}` }));
  }, []);
  return h(
    "main",
    null,
    h("p", { id: "status" }, status),
    h("filmgate-video", { ref: element }),
    h("output", { id: "report" }, report && JSON.stringify(error ? { error: error.message } : report)),
  );
}
