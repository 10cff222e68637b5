// Follows streams over a link: subscribes, catches up after any absence, asks again, polls where no socket comes through.
import { effect } from "@preact/signals";
import { createReplica } from "./replica.js";

/** What an own operation is called here as `dev`, whatever name the hub has for this device. */
export const OURS = "ours";
const ASK_AGAIN_MS = 1500;
const POLL_WAIT_MS = 20_000;
const POLL_REST_MS = 250;
const REFUSED_REST_MS = 5000;

const rest = (ms) => new Promise((resolve) => { setTimeout(resolve, ms * (0.75 + 0.5 * Math.random())); });

/** Streams over `link` (`socket.js`).
 *
 * `through()` is the last own number that the hub has answered; `prepare(hello)` is awaited after each greeting, before
 * the streams are asked for; `onTaken()` hears that the hub has said what is true now, `onEvent(event)` of each push.
 */
export function createStreams(link, {
  through = () => 0, prepare = async () => {}, onTaken = () => {}, onEvent = () => {},
} = {}) {
  const replicas = new Map();
  let [joined, joining, greeting, news] = [new Set(), false, null, new AbortController()];

  const named = (event) => {
    const me = link.hello.peek()?.you?.dev;
    return { ...event, by: (event.by ?? []).filter((one) => one.dev === me).map(({ seq }) => ({ dev: OURS, seq })) };
  };

  // An answer that was asked for after the hub had answered everything up to `until` contains all of that.
  const holding = (answer, until) => ({
    ...answer, ...(answer.events && { events: answer.events.map(named) }), by: [{ dev: OURS, seq: until }],
  });

  async function ask(names, options) {
    const asked = names.map((name) => replicas.get(name).position());
    const until = through();
    const { streams } = await link.emit("sub", asked, options);
    streams.forEach((answer, place) => {
      // One that may not be heard is not asked for again: who knows a better one says so.
      joined.add(answer.s);
      if (!answer.error) replicas.get(answer.s)?.answered(holding(answer, until), asked[place]);
    });
    onTaken();
    return streams;
  }

  // An answer may get lost on a connection that lives: asked until it comes.
  async function join() {
    if (joining) return;
    joining = true;
    const mine = greeting;
    while (mine === greeting && link.status.peek() === "online" && !link.polling.peek()) {
      const missing = [...replicas.keys()].filter((name) => !joined.has(name));
      if (!missing.length) break;
      await ask(missing).catch(() => rest(ASK_AGAIN_MS));
    }
    joining = false;
    if (mine !== greeting) join();
  }

  async function poll() {
    const mine = greeting;
    while (mine === greeting && link.polling.peek()) {
      const names = [...replicas.keys()];
      const fresh = names.some((name) => !joined.has(name));
      news = new AbortController();
      const answers = await ask(names, { wait_ms: fresh ? 0 : POLL_WAIT_MS, stop: news.signal }).catch(() => []);
      await rest(answers.some((one) => one.error) ? REFUSED_REST_MS : POLL_REST_MS);
    }
  }

  async function greeted(hello) {
    greeting = hello;
    joined = new Set();
    await prepare(hello);
    if (greeting !== hello) return;
    if (link.polling.peek()) poll();
    else join();
  }

  function heads(found) {
    for (const [name, replica] of replicas) {
      if (name in found) replica.heads(found[name]);
      // A stream that something has happened in and that the hub does not name is one that it does not tell us of.
      else if (joined.has(name) && replica.position().v > 0) joined.delete(name);
    }
    join();
    onTaken();
  }

  link.on("ev", (event) => {
    const replica = replicas.get(event.s);
    if (!replica) return;
    replica.receive(named(event));
    onEvent(event);
  });
  link.on("heads", heads);
  effect(() => {
    const hello = link.hello.value;
    if (hello) queueMicrotask(() => greeted(hello));
  });

  return {
    replicas,
    /** Begin to follow a stream; `options` as of `createReplica`. */
    follow(stream, options = {}) {
      const replica = createReplica({
        stream, settled: (op) => op.seq <= through(), ...options,
        pull: async (at) => {
          const until = through();
          return holding(await link.emit("pull", at), until);
        },
      });
      replicas.set(stream, replica);
      return replica;
    },
    /** Ask for what was not asked for yet. */
    join() {
      if (!greeting) return;
      if (link.polling.peek()) news.abort();
      else join();
    },
    leave(stream) {
      replicas.delete(stream);
      if (joined.delete(stream)) link.emit("unsub", [stream]).catch(() => {});
    },
  };
}
