// The words of bpmn-js and its panels in Danish. A missing word is shown in English and remembered for the tests.
import danish from "../i18n/da.json";

const dictionary: Record<string, string> = danish;
export const missing = new Set<string>();

export function translateDanish(template: string, replacements: Record<string, string> = {}): string {
  const text = dictionary[template];
  if (text === undefined) missing.add(template);
  return fill(text ?? template, replacements);
}

function fill(template: string, replacements: Record<string, string>): string {
  return template.replace(/{([^}]+)}/g, (all, key: string) => {
    const value = replacements[key];
    return value === undefined ? all : (dictionary[value] ?? value);
  });
}

export const DanishModule = { translate: ["value", translateDanish] };
