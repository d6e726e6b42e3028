// The bar: the name, the environment, and where to read more.

import { EnvironmentMenu } from "./environment-menu.js";
import { SpendMenu } from "./spend-menu.js";

export function Bar() {
  return (
    <header class="bar">
      <h1><img src="icon.svg" alt="" width="24" height="24" /> filmgate</h1>
      <p class="tagline">One request, every video model, never paid for twice</p>
      <EnvironmentMenu />
      <SpendMenu />
      {DOCS_URL !== "" && (
        <nav class="links" aria-label="More">
          <a href={DOCS_URL}>Docs</a>
          {REPOSITORY_URL !== "" && <a href={REPOSITORY_URL}>Source</a>}
        </nav>
      )}
    </header>
  );
}
