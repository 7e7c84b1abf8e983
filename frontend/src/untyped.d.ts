// Packages that ship no usable types: what we use of them, no more.
declare module "htmx.org/dist/htmx.esm.js" {
  const htmx: { ajax(verb: string, path: string, options: Record<string, unknown>): Promise<void> };
  export default htmx;
}
declare module "*.css";
