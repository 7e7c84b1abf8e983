// The build: three entries into the server's static folder, with a manifest the templates read.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

// The Danish design system comes as one style sheet without variables or a dark side. It is laid in a
// cascade layer and loses its !important, so that our tokens always have the last word; its fonts
// (eot, ttf, woff) and its 150 icons are left out: styles/fonts.css names the woff2 files we ship.
function designSystemInLayer() {
  return {
    name: "kf-design-system-in-layer",
    enforce: "pre",
    transform(code, id) {
      if (!id.includes("dkfds/dist/css/dkfds.css")) return null;
      const kept = code
        .replace(/@charset[^;]+;/, "")
        .replace(/@font-face\s*\{[^}]*\}/g, "")
        .replace(/[^{}]*\{[^{}]*url\("?\.\.\/img\/[^{}]*\}/g, "")
        .replace(/\s*!important/g, "");
      return { code: `@layer dkfds {\n${kept}\n}`, map: null };
    },
  };
}

export default defineConfig({
  root: here("."),
  base: "./",
  plugins: [designSystemInLayer()],
  build: {
    outDir: process.env.KFFLOW_DIST ?? here("../src/kfflow/web/static/dist"),
    emptyOutDir: true,
    manifest: "manifest.json",
    target: ["chrome123", "edge123", "firefox121", "safari17.5"],
    assetsInlineLimit: (file) => (file.endsWith(".woff2") ? false : undefined),
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      input: {
        app: here("src/app.ts"),
        designer: here("src/islands/designer.ts"),
        diagram: here("src/islands/diagram.ts"),
      },
    },
  },
  test: { environment: "jsdom", include: ["src/**/*.test.ts"] },
});
