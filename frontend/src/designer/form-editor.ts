// The form editor: form-js; what it saves is rendered by the server.
import { FormEditor } from "@bpmn-io/form-js-editor";
import "@bpmn-io/form-js-viewer/dist/assets/form-js.css";
import "@bpmn-io/form-js-editor/dist/assets/form-js-editor.css";
import "@bpmn-io/form-js-editor/dist/assets/properties-panel.css";
import type { Editor, Places } from "./model";
import type { Words } from "./words";

export function createFormEditor(places: Places, words: Words): Editor {
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
    load: async (source) => void (await editor.importSchema(JSON.parse(source))),
    source: async () => JSON.stringify(editor.saveSchema(), null, 2),
    onChange: (callback) => editor.on("commandStack.changed", callback),
    onFindings: () => undefined,
    show: () => undefined,
    undo: () => editor.get("commandStack").undo(),
    redo: () => editor.get("commandStack").redo(),
    destroy: () => editor.destroy(),
  };
}
