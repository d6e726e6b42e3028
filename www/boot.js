// Runs before anything else: the page's files are beside it, so its address needs a slash at the end; and a file that
// does not arrive is said.
const { pathname, search, hash } = location;
const isFolder = !pathname.endsWith("/") && !pathname.split("/").at(-1).includes(".");
if (isFolder && name !== "filmgate-slash") {
  name = "filmgate-slash";
  location.replace(pathname + "/" + search + hash);
} else name = "";
addEventListener(
  "error",
  ({ target }) => {
    if (!(target instanceof HTMLScriptElement)) return;
    const show = () => {
      const failure = document.getElementById("failure");
      failure.textContent = "A part of the page could not be loaded. Check the connection, then reload the page.";
      failure.hidden = false;
    };
    if (document.getElementById("failure")) show();
    else addEventListener("DOMContentLoaded", show);
  },
  true,
);
