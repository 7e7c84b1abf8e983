// The form editor: form-js; what it saves is rendered by the server.
import { FormEditor } from "@bpmn-io/form-js-editor";
import "@bpmn-io/form-js-viewer/dist/assets/form-js.css";
import "@bpmn-io/form-js-editor/dist/assets/form-js-editor.css";
import "@bpmn-io/form-js-editor/dist/assets/properties-panel.css";
import type { Language } from "../bpmn/provider/fields";
import danish from "../i18n/form-da.json";
import { speakIn } from "./dom-dictionary";
import type { Editor, Places } from "./model";
import type { Words } from "./words";

export function createFormEditor(places: Places, words: Words, language: Language): Editor {
  const editor = new FormEditor({
    container: places.canvas,
    propertiesPanel: { parent: places.properties },
  }) as unknown as {
    importSchema(schema: unknown): Promise<unknown>;
    saveSchema(): unknown;
    on(event: string, callback: () => void): void;
    get(name: string): { undo(): void; redo(): void };
    destroy(): void;
  };
  places.outline.textContent = words.noOutline;
  return {
    load: async (source) => {
      await editor.importSchema(JSON.parse(source));
      if (language === "da") speakDanish(places);
    },
    source: async () => JSON.stringify(editor.saveSchema(), null, 2),
    onChange: (callback) => editor.on("commandStack.changed", callback),
    onFindings: () => undefined,
    show: () => undefined,
    undo: () => editor.get("commandStack").undo(),
    redo: () => editor.get("commandStack").redo(),
    destroy: () => editor.destroy(),
  };
}

// The package has its words built in; the canvas with the designer's own form is left alone.
function speakDanish(places: Places): void {
  const palette = places.canvas.querySelector<HTMLElement>(".fjs-palette-container");
  for (const place of [palette, places.properties]) if (place) speakIn(place, danish);
}
