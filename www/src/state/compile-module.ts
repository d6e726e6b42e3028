/** Compiles a module beside this file; also where a host serves it with another content type. */
export async function compileModule(address: string): Promise<WebAssembly.Module> {
  const response = await fetch(new URL(address, import.meta.url));
  if (!response.ok) throw new Error(`HTTP ${response.status} for a part of the page. Reload it.`);
  const isStreamable = response.headers.get("content-type") === "application/wasm";
  return isStreamable ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}
