// The words of bpmn-js and its panels in Danish. A missing word is shown in English and remembered for the tests.
import danish from "../i18n/da.json";

// Packages write the same words in other cases ("User Task" over the panel, "User task" in the menu).
const dictionary = new Map<string, string>();
for (const [key, text] of Object.entries(danish)) {
  dictionary.set(key.toLowerCase(), text);
  dictionary.set(key, text);
}

export const missing = new Set<string>();

export function translateDanish(template: string, replacements: Record<string, string> = {}): string {
  const text = inDanish(template);
  if (text === undefined) missing.add(template);
  return fill(text ?? template, replacements);
}

function inDanish(template: string): string | undefined {
  return dictionary.get(template) ?? dictionary.get(template.toLowerCase());
}

function fill(template: string, replacements: Record<string, string>): string {
  return template.replace(/{\s*([^}\s]+)\s*}/g, (all, key: string) => {
    const value = replacements[key];
    return value === undefined ? all : (inDanish(value) ?? value);
  });
}

export const DanishModule = { translate: ["value", translateDanish] };
