// Shows a whole diagram inside the canvas, with room for what stands around it. Never enlarges.
import type { Canvas } from "./services";

export interface Room {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

export function fitInto(canvas: Canvas, room: Room): number {
  canvas.resized();
  const { inner, outer } = canvas.viewbox();
  const scale = Math.min(
    1,
    (outer.width - room.left - room.right) / Math.max(1, inner.width),
    (outer.height - room.top - room.bottom) / Math.max(1, inner.height),
  );
  const width = outer.width / scale;
  const height = outer.height / scale;
  const x = inner.x + inner.width / 2 - (width + (room.left - room.right) / scale) / 2;
  const y = inner.y + inner.height / 2 - (height + (room.top - room.bottom) / scale) / 2;
  canvas.viewbox({ x, y, width, height });
  return scale;
}
