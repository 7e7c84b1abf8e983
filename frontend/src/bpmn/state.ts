// What the server says about a case in its diagram, and how to read it from the page.

export interface Count {
  element_id: string;
  count: number;
}

export interface DiagramState {
  active: Count[];
  visited: string[];
  flows: string[];
  incidents: (Count | string)[];
}

const NOTHING: DiagramState = { active: [], visited: [], flows: [], incidents: [] };

export function readState(host: Element): DiagramState {
  const text = host.querySelector(':scope > script[type="application/json"]')?.textContent;
  if (!text?.trim()) return NOTHING;
  return { ...NOTHING, ...(JSON.parse(text) as Partial<DiagramState>) };
}

export function asCounts(entries: (Count | string)[]): Count[] {
  return entries.map((entry) => (typeof entry === "string" ? { element_id: entry, count: 1 } : entry));
}
