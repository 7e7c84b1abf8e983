// Loads an island's code and styles the first time its element stands on the page. A page may also name the island's
// script itself: importing it again costs nothing and brings the styles of everything it is made of.

const ISLANDS: Record<string, () => Promise<unknown>> = {
  "kf-designer": () => import("./designer"),
  "kf-diagram": () => import("./diagram"),
};

const asked = new Set<string>();

export function loadIslands(root: ParentNode): void {
  for (const [name, load] of Object.entries(ISLANDS)) {
    if (asked.has(name) || !root.querySelector(name)) continue;
    asked.add(name);
    void load();
  }
}
