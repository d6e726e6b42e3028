import { createElement as h, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Frontend } from "./common/frontend.mjs";

const providers = Object.fromEntries(new URLSearchParams(location.search));
createRoot(document.querySelector("#root")).render(h(StrictMode, null, h(Frontend, { providers })));
