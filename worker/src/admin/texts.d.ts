// Files of the page are bundled as text: `rules` of wrangler.jsonc.
declare module "*.html" {
  const text: string;
  export default text;
}
declare module "*.css" {
  const text: string;
  export default text;
}
declare module "*/page/app.js" {
  const text: string;
  export default text;
}
declare module "*/page/calls.js" {
  const text: string;
  export default text;
}
declare module "*/page/jobs.js" {
  const text: string;
  export default text;
}
declare module "*/page/parts.js" {
  const text: string;
  export default text;
}
declare module "*/page/spending.js" {
  const text: string;
  export default text;
}
declare module "*/page/tokens.js" {
  const text: string;
  export default text;
}
