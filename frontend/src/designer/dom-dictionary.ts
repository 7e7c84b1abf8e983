// For packages that write English straight into the page: replaces whole texts that stand in a dictionary.
// Only in the places given: what a designer has written in the form itself is never touched.

const ATTRIBUTES = ["title", "placeholder", "aria-label"];

export function speakIn(place: HTMLElement, dictionary: Record<string, string>): () => void {
  const observer = new MutationObserver((records) => {
    for (const { target, addedNodes } of records) {
      if (target instanceof Text) replaceText(target, dictionary);
      else if (addedNodes.length === 0) replaceAttributes(target as Element, dictionary);
      for (const node of addedNodes) replaceAll(node, dictionary);
    }
  });
  replaceAll(place, dictionary);
  observer.observe(place, {
    childList: true,
    subtree: true,
    characterData: true,
    attributes: true,
    attributeFilter: ATTRIBUTES,
  });
  return () => observer.disconnect();
}

function replaceAll(root: Node, dictionary: Record<string, string>): void {
  if (root instanceof Text) replaceText(root, dictionary);
  if (!(root instanceof Element)) return;
  replaceAttributes(root, dictionary);
  for (const child of root.childNodes) replaceAll(child, dictionary);
}

function replaceText(text: Text, dictionary: Record<string, string>): void {
  const said = translated(text.data, dictionary);
  if (said !== undefined && !text.parentElement?.closest("[contenteditable], textarea")) text.data = said;
}

function replaceAttributes(element: Element, dictionary: Record<string, string>): void {
  for (const name of ATTRIBUTES) {
    const said = translated(element.getAttribute(name) ?? "", dictionary);
    if (said !== undefined) element.setAttribute(name, said);
  }
}

// Titles and labels alone, where the texts are the user's own.
export function speakInAttributes(place: HTMLElement, dictionary: Record<string, string>): void {
  const replace = () => {
    for (const element of place.querySelectorAll("[title], [placeholder], [aria-label]")) {
      replaceAttributes(element, dictionary);
    }
  };
  replace();
  const filter = { attributes: true, attributeFilter: ATTRIBUTES };
  new MutationObserver(replace).observe(place, { childList: true, subtree: true, ...filter });
}

// A translation that equals its source ends the exchange.
function translated(text: string, dictionary: Record<string, string>): string | undefined {
  const trimmed = text.trim();
  const said = dictionary[trimmed];
  return said === undefined || said === trimmed ? undefined : text.replace(trimmed, () => said);
}
