// The socket's messages over HTTP (docs/protocol.md, "HTTP"), for networks that let no WebSocket through.

const WAIT_GRACE_MS = 5000;

const query = (values) => new URLSearchParams(
  Object.entries(values).flatMap(([name, found]) => [found].flat().map((value) => [name, value])),
).toString();

const posted = (body) => ({
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
});

function request(event, payload, { app, dev, inc }, wait) {
  switch (event) {
    case "hello": return [`/v1/hello?${query({ app, dev, inc, proto: payload.join("-") })}`];
    case "sub": {
      const columns = { s: [], e: [], v: [] };
      for (const at of payload) for (const name of Object.keys(columns)) columns[name].push(at[name]);
      return [`/v1/streams?${query({ ...columns, app, wait })}`];
    }
    case "pull": return [`/v1/streams/${payload.s}?${query({ e: payload.e, v: payload.v, app })}`];
    case "tick": return ["/v1/time"];
    case "shown": return [`/v1/shown?${query({ app, dev })}`, posted(payload)];
    case "presence": return [`/v1/presence?${query({ app, dev })}`, posted(payload)];
    case "ops": return [`/v1/ops?${query({ app })}`, posted({ dev, inc, ...payload })];
    default: return null;
  }
}

/** Say `event` with `payload` as `identity` ({app, dev, inc}): the answer as the socket would give it, also a refusal
 *  (`{error}`). Rejects where nobody answers as a hub does. What has no twin is answered with nothing. */
export async function say(event, payload, identity, { timeout_ms, wait_ms = 0, stop } = {}) {
  const made = request(event, payload, identity, wait_ms);
  if (!made) return {};
  const [address, options] = made;
  const late = AbortSignal.timeout(timeout_ms + (wait_ms ? wait_ms + WAIT_GRACE_MS : 0));
  const signal = stop ? AbortSignal.any?.([late, stop]) ?? stop : late;
  const answer = await fetch(address, { ...options, signal, cache: "no-store", credentials: "same-origin" });
  if (!answer.headers.get("Content-Type")?.startsWith("application/json")) throw new Error("not a hub");
  return answer.json();
}
