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

// Never throws on an HTTP status: the caller decides what 400 and 409 mean. Throws only without a network.
export async function postJson<T>(url: string, body: unknown): Promise<Answer<T>> {
  const response = await fetch(url, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", Accept: "application/json", ...csrfHeaders() },
    body: JSON.stringify(body),
  });
  const isJson = response.headers.get("Content-Type")?.includes("json") ?? false;
  return { status: response.status, ok: response.ok, body: (isJson ? await response.json() : {}) as T };
}
