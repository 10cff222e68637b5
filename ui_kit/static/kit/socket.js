// A thin Socket.IO client: WebSocket only, reconnects with jitter, knows the server's time, answers are promises.
import { computed, signal } from "@preact/signals";
import { io } from "socket.io-client";
import { say } from "./http_twin.js";
import { N_ } from "./i18n.js";

export const PROTO = [1, 1];
const ACK_TIMEOUT_MS = 5000;
const ALIVE_TIMEOUT_MS = 3000;
const RECONNECT_MIN_MS = 200;
const RECONNECT_MAX_MS = 5000;
const REFUSED_RETRY_MS = 5000;
const FAILED_BEFORE_POLLING = 2;
const POLLING_RETRY_MS = 30_000;
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
 * With `twins` the messages go over HTTP where no WebSocket comes through: `polling` is true then, no event comes, and
 * who uses the link asks again and again (`streams.js` does).
 */
export function connect({ app, auth = {}, namespace = "/", path = "/socket.io", twins = false }) {
  const [up, polling, tried] = [signal(false), signal(false), signal(false)];
  const [hello, kicked, refused, skew] = [signal(null), signal(""), signal(null), signal(0)];
  const status = computed(() => (up.value || polling.value ? "online" : tried.value ? "offline" : "connecting"));
  const identity = () => ({ proto: PROTO, app, t0: Date.now(), ...(typeof auth === "function" ? auth() : auth) });
  const socket = io(namespace, {
    path, transports: ["websocket"], reconnectionDelay: RECONNECT_MIN_MS, reconnectionDelayMax: RECONNECT_MAX_MS,
    randomizationFactor: 0.5, timeout: ACK_TIMEOUT_MS,
    auth: (done) => done(identity()),
  });
  let [timer, failed, probing, spread_ms] = [0, 0, false, 0];

  async function ask(event, payload, { timeout_ms = ACK_TIMEOUT_MS, ...more } = {}) {
    if (!socket.connected && !polling.value) throw away();
    const answer = socket.connected
      ? await socket.timeout(timeout_ms).emitWithAck(event, payload).catch(() => { throw late(); })
      : await say(event, payload, identity(), { timeout_ms, ...more }).catch(() => { if (!more.stop?.aborted) fallSilent(); throw away(); });
    if (answer?.error) {
      if (polling.value && answer.error.code === "unauthorised") stopPolling(answer.error);
      throw new LinkError(answer.error);
    }
    return answer;
  }

  async function tick() {
    let best = Infinity;
    for (let i = 0; i < TICKS; i += 1) {
      const began = performance.now();
      const t0 = Date.now();
      const answer = await ask("tick", t0).catch(() => null);
      const trip = performance.now() - began;
      const t1 = typeof answer === "object" ? answer?.now : answer;
      // The shortest round trip has the least doubt about when the server read its clock.
      if (t1 && trip < best) [best, skew.value] = [trip, t1 - (t0 + trip / 2)];
    }
    clearTimeout(timer);
    if (status.peek() === "online") timer = setTimeout(tick, TICK_EVERY_MS);
  }

  function fallSilent() {
    polling.value = false;
    socket.io.reconnectionDelayMax(RECONNECT_MAX_MS);
  }

  function stopPolling(error) {
    fallSilent();
    refused.value = error;
    socket.disconnect();
  }

  // No WebSocket came through, again and again: perhaps HTTP does. The socket goes on trying beside it, seldom.
  async function probe() {
    if (!twins || probing || polling.value || failed < FAILED_BEFORE_POLLING) return;
    probing = true;
    const answer = await say("hello", PROTO, identity(), { timeout_ms: ACK_TIMEOUT_MS }).catch(() => null);
    probing = false;
    if (!answer || socket.connected) return;
    if (answer.error && FINAL.has(answer.error.code)) stopPolling(answer.error);
    if (!answer.you) return;
    socket.io.reconnectionDelayMax(POLLING_RETRY_MS);
    polling.value = true;
    hello.value = answer;
    tick();
  }

  function reconnect() {
    kicked.value = "";
    if (polling.value) fallSilent();
    // After a break of unknown length nobody waits for the next try; it comes at once.
    socket.disconnect().connect();
  }

  // A page that slept: its timers stood still, its socket may be dead without knowing, its clock may have been set.
  async function wake() {
    if (document.hidden || FINAL.has(kicked.value) || FINAL.has(refused.value?.code)) return;
    if (status.peek() === "offline") reconnect();
    if (status.peek() !== "online") return;
    const answer = await ask("tick", Date.now(), { timeout_ms: ALIVE_TIMEOUT_MS }).catch(() => null);
    if (answer) tick();
    else if (socket.connected) reconnect();
  }

  socket.on("connect", () => {
    fallSilent();
    failed = 0;
    up.value = true;
    refused.value = null;
    tick();
  });
  socket.on("hello", (message) => { hello.value = message; });
  socket.on("kick", (message) => {
    kicked.value = message?.code ?? "moved";
    // A hub that restarts asks its clients not to come back all at once.
    spread_ms = message?.params?.within_ms ?? 0;
  });
  socket.on("disconnect", (reason) => {
    up.value = false;
    tried.value = true;
    clearTimeout(timer);
    // Socket.IO does not come back by itself after the server hung up; we do, unless we were told not to.
    if (reason === "io server disconnect" && !FINAL.has(kicked.value)) again();
  });
  socket.on("connect_error", (error) => {
    tried.value = true;
    failed += 1;
    if (socket.active) {
      probe();
      return;
    }
    // The server refuses with its sentence and, beside it, the error: ConnectionRefusedError(message, {code, message}).
    refused.value = error.data ?? { code: "refused", message: error.message };
    if (!FINAL.has(refused.value.code)) again();
  });
  function again() {
    const wait_ms = spread_ms ? spread_ms * Math.random() : REFUSED_RETRY_MS * (0.2 + 0.4 * Math.random());
    spread_ms = 0;
    setTimeout(() => socket.connect(), wait_ms);
  }
  const woken = [[document, "visibilitychange"], [document, "resume"], [window, "online"], [window, "pageshow"]];
  woken.forEach(([target, name]) => target.addEventListener(name, wake));

  return {
    status, hello, kicked, refused, skew, polling,
    now: () => Date.now() + skew.value,
    emit: ask,
    /** Say something that nobody has to hear: dropped where nobody is there. */
    mention: (event, payload) => {
      if (socket.connected) socket.volatile.emit(event, payload);
      else if (polling.peek()) say(event, payload, identity(), { timeout_ms: ACK_TIMEOUT_MS }).catch(() => {});
    },
    on: (event, handler) => { socket.on(event, handler); return () => socket.off(event, handler); },
    close: () => {
      clearTimeout(timer);
      woken.forEach(([target, name]) => target.removeEventListener(name, wake));
      socket.disconnect();
    },
    reconnect,
  };
}
