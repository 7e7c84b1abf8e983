// Makes elements without writing HTML in strings: text stays text.

type Child = Node | string;

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, string> = {},
  children: Child[] = [],
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export function button(text: string, className: string, act: () => void): HTMLButtonElement {
  const made = element("button", { type: "button", class: `kf-button ${className}` }, [text]);
  made.addEventListener("click", act);
  return made;
}
