// Keeps a page of numbers fresh without moving anything under the reader's hands.
//
// Markup: [data-kf-renew][id] is brought up to date in place; tr[data-kf-live][id] too, each row by itself. A row that
// the server knows and the page does not is never put in: [data-kf-news] (aria-live) says how many there are, and its
// button fetches the element named by data-kf-news. A row that is gone stays, marked .kf-row--gone, until then.
const EVERY = 30_000;

export interface Swapper {
  ajax(verb: string, path: string, options: Record<string, unknown>): Promise<void>;
}

export function startRefresh(root: Document, htmx: Swapper, every = EVERY): void {
  if (!root.querySelector("[data-kf-renew]")) return;
  window.setInterval(() => void refresh(root), every);
  root.addEventListener("click", (event) => {
    const button = (event.target as Element).closest("[data-kf-news] button");
    if (button) void showNews(root, htmx);
  });
}

async function refresh(root: Document): Promise<void> {
  if (root.hidden || root.querySelector("dialog[open]")) return;
  const response = await fetch(address(root), { credentials: "same-origin", redirect: "error" }).catch(
    () => null,
  );
  if (!response?.ok) return;
  apply(root, new DOMParser().parseFromString(await response.text(), "text/html"));
}

// The chosen task is left out: only the list and the numbers are asked for.
function address(root: Document): string {
  const url = new URL(root.location.href);
  url.searchParams.delete("sel");
  return url.pathname + url.search;
}

export function apply(root: Document, fresh: Document): void {
  for (const part of root.querySelectorAll("[data-kf-renew]")) {
    const other = fresh.getElementById(part.id);
    if (other) renew(part, other, root.activeElement);
  }
  for (const row of root.querySelectorAll("tr[data-kf-live]")) {
    const other = fresh.getElementById(row.id);
    row.classList.toggle("kf-row--gone", !other);
    if (other)
      for (const [index, cell] of [...row.children].entries()) renewCell(cell, other.children[index], root);
  }
  announce(root, fresh);
}

function renewCell(cell: Element, other: Element | undefined, root: Document): void {
  if (other && !cell.querySelector("input")) renew(cell, other, root.activeElement);
}

// Changes only what differs, node by node, so that focus, selection and scrolling stay where they are.
function renew(old: Node, fresh: Node, focused: Element | null): void {
  if (old.isEqualNode(fresh)) return;
  if (old instanceof Element && fresh instanceof Element && old.tagName === fresh.tagName) {
    for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
    const mine = [...old.childNodes];
    const theirs = [...fresh.childNodes];
    if (mine.length === theirs.length) {
      for (const [index, child] of mine.entries()) renew(child, theirs[index] as Node, focused);
    } else if (!focused || old === focused || !old.contains(focused)) {
      old.replaceChildren(...theirs.map((child) => old.ownerDocument.importNode(child, true)));
    }
    return;
  }
  if (!focused || !old.contains(focused)) (old as ChildNode).replaceWith(fresh.cloneNode(true));
}

function announce(root: Document, fresh: Document): void {
  const news = root.querySelector<HTMLElement>("[data-kf-news]");
  if (!news) return;
  const isNew = (row: Element) => !root.getElementById(row.id);
  const count = [...fresh.querySelectorAll("tr[data-kf-live]")].filter(isNew).length;
  const text =
    count === 0 ? "" : count === 1 ? news.dataset.one : news.dataset.many?.replace("{n}", String(count));
  if (news.dataset.said === text) return;
  news.dataset.said = text ?? "";
  news.replaceChildren(...(text ? [button(root, text)] : []));
}

function button(root: Document, text: string): HTMLButtonElement {
  const made = root.createElement("button");
  made.type = "button";
  made.className = "kf-button kf-button--small";
  made.textContent = text;
  return made;
}

async function showNews(root: Document, htmx: Swapper): Promise<void> {
  const news = root.querySelector<HTMLElement>("[data-kf-news]");
  const id = news?.dataset.kfNews;
  if (!news || !id) return;
  await htmx.ajax("GET", address(root), { target: `#${id}`, select: `#${id}`, swap: "outerMorph" });
  news.replaceChildren();
  news.dataset.said = "";
  root.getElementById(id)?.focus();
}
