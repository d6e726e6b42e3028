// The page's files are bundled as text: `rules` of wrangler.jsonc.
declare module "*/page/index.html" {
  const text: string;
  export default text;
}
declare module "*/page/style.css" {
  const text: string;
  export default text;
}
declare module "*/page/app.js" {
  const text: string;
  export default text;
}
