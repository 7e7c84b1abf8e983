import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { changedFields, clock, startDrafts } from "./drafts";

const fields = (text: string) => new URLSearchParams(text);

test("only changed fields are sent, emptied ones as empty", () => {
  expect(changedFields(fields("a=1&b=2&c=3"), fields("a=1&b=5")).toString()).toBe("b=5&c=");
  expect(changedFields(fields("a=1"), fields("a=1")).size).toBe(0);
});

test("several values of one field travel together", () => {
  expect(changedFields(fields("a=1"), fields("a=1&a=2")).toString()).toBe("a=1&a=2");
});

test("times are written the Danish way", () => {
  expect(clock(new Date(2026, 10, 23, 9, 4))).toBe("09.04");
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a keystroke is saved after a second, with the token of the page", async () => {
  const fetched = vi.fn(async () => new Response(null, { status: 204 }));
  vi.stubGlobal("fetch", fetched);
  document.head.innerHTML = '<meta name="csrf-token" content="tok">';
  document.body.innerHTML =
    '<form data-kf-draft-url="/d"><input name="x" value=""><span data-kf-draft-status></span></form>';
  startDrafts(document);
  const input = document.querySelector("input") as HTMLInputElement;
  input.dispatchEvent(new Event("focusin", { bubbles: true }));
  input.value = "hej";
  input.dispatchEvent(new Event("input", { bubbles: true }));
  await vi.advanceTimersByTimeAsync(900);
  expect(fetched).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(200);
  const [url, request] = fetched.mock.calls[0] as unknown as [string, RequestInit];
  expect([url, String(request.body), request.headers]).toEqual(["/d", "x=hej", { "X-CSRFToken": "tok" }]);
  expect(document.querySelector("[data-kf-draft-status]")?.textContent).toMatch(/^Gemt \d\d\.\d\d$/);
});
