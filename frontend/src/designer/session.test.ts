import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Answer } from "../requests";
import type { Finding } from "./model";
import { AUTOSAVE_AFTER, type SaveState, Session } from "./session";

const URLS = { save: "/save", lint: "/lint", compare: "/compare", deploy: "/deploy", back: "/" };

interface Server {
  answers: Answer<unknown>[];
  asked: [string, Record<string, unknown>][];
}

function start(...answers: Answer<unknown>[]): {
  session: Session;
  server: Server;
  states: SaveState[];
  found: Finding[][];
} {
  const server: Server = { answers, asked: [] };
  const states: SaveState[] = [];
  const found: Finding[][] = [];
  const session = new Session(
    { revision: 3, urls: URLS },
    {
      source: async () => "<xml/>",
      post: async <T>(url: string, body: unknown) => {
        server.asked.push([url, body as Record<string, unknown>]);
        const answer = server.answers.shift();
        if (!answer) throw new TypeError("no network");
        return answer as Answer<T>;
      },
      changed: (state) => states.push(state),
      findings: (findings) => found.push(findings),
    },
  );
  return { session, server, states, found };
}

const saved = (revision: number) => ({
  status: 200,
  ok: true,
  body: { revision, savedAt: "", findings: [] },
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a change is saved by itself with the revision it was made on", async () => {
  const { session, server, states } = start(saved(4));
  session.touched();
  await vi.advanceTimersByTimeAsync(AUTOSAVE_AFTER);
  expect(server.asked).toEqual([["/save", { xml: "<xml/>", revision: 3 }]]);
  expect([session.revision, session.isUnsaved, states]).toEqual([4, false, ["dirty", "saving", "saved"]]);
});

test("a change made while saving is saved by a second save", async () => {
  const { session, server } = start(saved(4), saved(5));
  session.touched();
  const first = session.save();
  session.touched();
  expect(await first).toBe(false);
  await vi.advanceTimersByTimeAsync(AUTOSAVE_AFTER);
  expect([server.asked.length, session.revision, session.state]).toEqual([2, 5, "saved"]);
});

test("another person's save stops the autosave until somebody decides", async () => {
  const conflict = { status: 409, ok: false, body: { message: "", revision: 9, savedBy: "Jens" } };
  const { session, server } = start(conflict, conflict, saved(10));
  session.touched();
  await vi.advanceTimersByTimeAsync(AUTOSAVE_AFTER);
  session.touched();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([session.state, server.asked.length]).toEqual(["conflict", 1]);
  await session.save();
  expect([session.state, server.asked[1]?.[1].revision]).toEqual(["conflict", 3]);
  await session.overwrite();
  expect([session.state, session.revision, server.asked[2]?.[1].revision]).toEqual(["saved", 10, 9]);
});

test("without a network the draft is kept and tried again", async () => {
  const { session, server } = start();
  session.touched();
  await vi.advanceTimersByTimeAsync(AUTOSAVE_AFTER);
  expect(session.state).toBe("failed");
  server.answers.push(saved(4));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(session.state).toBe("saved");
});

test("deploying saves first, sends the new revision and the date, and shows what was refused", async () => {
  const finding = {
    rule: "r",
    severity: "error" as const,
    element_id: "A",
    message_da: "d",
    message_en: "e",
  };
  const refused = { status: 400, ok: false, body: { detail: "nej", findings: [finding] } };
  const { session, server, found } = start(saved(4), refused);
  session.touched();
  const answer = await session.deploy({ gyldig_fra: "2027-01-01", overgang: "NEW_CASES" });
  expect(answer.ok).toBe(false);
  expect(server.asked[1]).toEqual([
    "/deploy",
    { revision: 4, gyldig_fra: "2027-01-01", overgang: "NEW_CASES" },
  ]);
  expect(found.at(-1)).toEqual([finding]);
});

test("what stands against publishing comes with the comparison, and the reason is sent", async () => {
  const told = { status: 200, ok: true, body: { eyes: null, trial: "Ikke prøvet.", tryAt: "/lov/ny" } };
  const { session, server } = start(told, { status: 200, ok: true, body: { version: 2 } });
  expect(await session.compare()).toEqual({
    changes: [],
    eyes: null,
    trial: "Ikke prøvet.",
    tryAt: "/lov/ny",
  });
  await session.deploy({ uden_proeve: "Haster" });
  expect(server.asked[1]).toEqual(["/deploy", { revision: 3, uden_proeve: "Haster" }]);
});

test("a session that ran out keeps the draft and saves it after signing in again", async () => {
  const { session, server } = start({ status: 401, ok: false, body: {} }, saved(4));
  session.touched();
  await vi.advanceTimersByTimeAsync(AUTOSAVE_AFTER);
  expect(session.state).toBe("signedOut");
  await vi.advanceTimersByTimeAsync(10_000);
  expect([session.state, server.asked.length]).toEqual(["saved", 2]);
});
