import type { Reply, Request } from "../client.ts";

/** Read as the next request, should it come without its length. */
const smuggled = "GET /admin HTTP/1.1\r\nHost: shop\r\n\r\n";

const special: Request[] = [
  { method: "POST", path: "/tea", body: "€ 3.40" },
  { method: "GET", path: "/none" },
  { method: "DELETE", path: "/old", body: smuggled },
  { method: "PUT", path: "/busy", body: "1" },
  { method: "HEAD", path: "/last" },
];

/** What the upstream has to say to a path. */
export function statusOf(path: string): number {
  return path === "/none" ? 404 : path === "/busy" ? 503 : 200;
}

/** Twenty requests and their replies, the special ones each behind three plain ones. */
export function twentyRequests(): { request: Request; due: Reply }[] {
  return Array.from({ length: 20 }, (_, nth) => {
    const request = (nth % 4 === 3 && special[(nth - 3) / 4]) || { method: "GET", path: `/${nth}` };
    const { method, path, body = "" } = request;
    return {
      request,
      due: { status: statusOf(path), body: method === "HEAD" ? "" : `${method} ${path} ${body}` },
    };
  });
}
