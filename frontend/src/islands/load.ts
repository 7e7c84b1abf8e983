// Loads an island's code the first time its element stands on the page.

const ISLANDS: Record<string, () => Promise<unknown>> = {
  "kf-designer": () => import("./designer"),
  "kf-diagram": () => import("./diagram"),
};

export function loadIslands(root: ParentNode): void {
  for (const [name, load] of Object.entries(ISLANDS)) {
    if (root.querySelector(name) && !customElements.get(name)) void load();
  }
}
