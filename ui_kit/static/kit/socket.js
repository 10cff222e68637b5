// A thin Socket.IO client: WebSocket only, reconnects with jitter, knows the server's time, answers are promises.
import { computed, signal } from "@preact/signals";
import { io } from "socket.io-client";
import { N_ } from "./i18n.js";

export const PROTO = [1, 1];
const ACK_TIMEOUT_MS = 5000;
const RECONNECT_MIN_MS = 200;
const RECONNECT_MAX_MS = 5000;
const REFUSED_RETRY_MS = 5000;
const TICKS = 4;
const TICK_EVERY_MS = 30_000;
const FINAL = new Set(["upgrade", "revoked", "unauthorised"]);

/** An answer that did not come or was a refusal; `message` is an English template, `params` its values. */
export class LinkError extends Error {
  constructor({ code, message, params = {} }) {
    super(message);
    Object.assign(this, { code, params });
  }
}

const away = () => new LinkError({ code: "offline", message: N_("No connection. Nothing was lost; it goes on when the connection is back.") });
const late = () => new LinkError({ code: "timeout", message: N_("No answer in time. Try again; nothing happens twice.") });

/** Connect to the page's own server.
 *
 * `app` names this client; `auth` is an object or a function that returns one (token, dev, inc), asked anew at each
 * connection. Signals: `status` ("connecting", "online", "offline"), `hello`, `kicked` (a code or ""), `refused`
 * (error or null), `skew` (ms to add to this clock). `emit` resolves to the answer or rejects with `LinkError`.
 */
export function connect({ app, auth = {}, namespace = "/", path = "/socket.io" }) {
  const up = signal(false);
  const tried = signal(false);
  const [hello, kicked, refused, skew] = [signal(null), signal(""), signal(null), signal(0)];
  const status = computed(() => (up.value ? "online" : tried.value ? "offline" : "connecting"));
  const socket = io(namespace, {
    path, transports: ["websocket"], reconnectionDelay: RECONNECT_MIN_MS, reconnectionDelayMax: RECONNECT_MAX_MS,
    randomizationFactor: 0.5, timeout: ACK_TIMEOUT_MS,
    auth: (done) => done({ proto: PROTO, app, t0: Date.now(), ...(typeof auth === "function" ? auth() : auth) }),
  });
  let timer = 0;

  async function ask(event, payload, timeout_ms) {
    if (!socket.connected) throw away();
    const answer = await socket.timeout(timeout_ms).emitWithAck(event, payload).catch(() => { throw late(); });
    if (answer?.error) throw new LinkError(answer.error);
    return answer;
  }

  async function tick() {
    let best = Infinity;
    for (let i = 0; i < TICKS; i += 1) {
      const began = performance.now();
      const t0 = Date.now();
      const answer = await ask("tick", t0, ACK_TIMEOUT_MS).catch(() => null);
      const trip = performance.now() - began;
      const t1 = typeof answer === "object" ? answer?.now : answer;
      // The shortest round trip has the least doubt about when the server read its clock.
      if (t1 && trip < best) [best, skew.value] = [trip, t1 - (t0 + trip / 2)];
    }
    clearTimeout(timer);
    if (socket.connected) timer = setTimeout(tick, TICK_EVERY_MS);
  }

  socket.on("connect", () => { up.value = true; refused.value = null; tick(); });
  socket.on("hello", (message) => { hello.value = message; });
  socket.on("kick", (message) => { kicked.value = message?.code ?? "moved"; });
  socket.on("disconnect", (reason) => {
    up.value = false;
    tried.value = true;
    clearTimeout(timer);
    // Socket.IO does not come back by itself after the server hung up; we do, unless we were told not to.
    if (reason === "io server disconnect" && !FINAL.has(kicked.value)) again();
  });
  socket.on("connect_error", (error) => {
    tried.value = true;
    if (socket.active) return;
    // The server refuses with its sentence and, beside it, the error: ConnectionRefusedError(message, {code, message}).
    refused.value = error.data ?? { code: "refused", message: error.message };
    if (!FINAL.has(refused.value.code)) again();
  });
  const again = () => setTimeout(() => socket.connect(), REFUSED_RETRY_MS * (0.2 + 0.4 * Math.random()));

  return {
    status, hello, kicked, refused, skew,
    now: () => Date.now() + skew.value,
    emit: (event, payload, { timeout_ms = ACK_TIMEOUT_MS } = {}) => ask(event, payload, timeout_ms),
    on: (event, handler) => { socket.on(event, handler); return () => socket.off(event, handler); },
    close: () => { clearTimeout(timer); socket.disconnect(); },
    reconnect: () => { kicked.value = ""; socket.disconnect().connect(); },
  };
}
