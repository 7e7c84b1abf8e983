// How the browser talks to the server: same origin, session cookie, CSRF token from the page.

export function csrfHeaders(): Record<string, string> {
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content;
  return token ? { "X-CSRFToken": token } : {};
}

export interface Answer<T> {
  status: number;
  ok: boolean;
  body: T;
}

// A session that has run out answers 401, or sends us to the login page: both mean signed out.
const SIGNED_OUT = 401;

// Never throws on an HTTP status: the caller decides what 400 and 409 mean. Throws only without a network.
export async function postJson<T>(url: string, body: unknown): Promise<Answer<T>> {
  const response = await fetch(url, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", Accept: "application/json", ...csrfHeaders() },
    body: JSON.stringify(body),
    redirect: "manual",
  });
  if (response.type === "opaqueredirect") return { status: SIGNED_OUT, ok: false, body: {} as T };
  const isJson = response.headers.get("Content-Type")?.includes("json") ?? false;
  return { status: response.status, ok: response.ok, body: (isJson ? await response.json() : {}) as T };
}
