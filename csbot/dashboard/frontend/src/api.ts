/** Requests to the desk's API: the session's cookie, the CSRF token, the owner's version, and errors with words. Knows no view. */

export class Refusal extends Error {
  constructor(readonly status: number, readonly code: string, message: string) {
    super(message);
  }
}

function cookie(name: string): string {
  return document.cookie.split("; ").find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
}

async function request<T>(method: string, path: string, body?: unknown, ver?: number): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") Object.assign(headers, { "Content-Type": "application/json", "X-CSRFToken": cookie("csrftoken") });
  if (ver !== undefined) headers["If-Match"] = String(ver);
  let answer: Response;
  try {
    answer = await fetch(`/api/v1/${path}`, { method, headers, body: method === "GET" ? undefined : JSON.stringify(body ?? {}) });
  } catch {
    throw new Refusal(0, "offline", "");
  }
  if (answer.status === 204) return undefined as T;
  const told: unknown = await answer.json().catch(() => ({}));
  if (answer.ok) return told as T;
  const first = (told as { errors?: { code: string; detail: string }[] }).errors?.[0];
  throw new Refusal(answer.status, first?.code ?? "", first?.detail ?? "");
}

export const get = <T>(path: string): Promise<T> => request<T>("GET", path);
export const post = <T>(path: string, body?: unknown, ver?: number): Promise<T> => request<T>("POST", path, body, ver);
export const put = <T>(path: string, body: unknown): Promise<T> => request<T>("PUT", path, body);
