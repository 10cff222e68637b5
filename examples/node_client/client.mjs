// A shopper's cart for a terminal window, written from docs/protocol.md alone and from nothing else of this project.
//
//   OMNITILL_LOGIN=... OMNITILL_PASSWORD=... node client.mjs http://127.0.0.1:8400 memory.json
//
// It reads commands as lines of JSON, {"add": "<item>", "quantity": 1000}, and writes a line of JSON whenever what it
// shows has changed. What was not yet agreed with the hub stands in `pending`, and survives in the memory file.
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { io } from "socket.io-client";

const KEYED = new Set(["lines", "orders", "terminals", "sales", "exceptions"]);
const HOPELESS = new Set(["unauthorised", "upgrade", "message.malformed", "revoked", "signed_out"]);
const [ANSWER_TIMEOUT_MS, RETRY_MIN_MS, RETRY_MAX_MS] = [10_000, 500, 5000];
const BATCH_MAX = 100; // Our operations have less than 400 bytes, so that these are below the 64 KB of a batch.
const [hub, file] = process.argv.slice(2);

// Identity, numbers and pending operations: on the disk before anything is sent.
const memory = existsSync(file)
  ? JSON.parse(readFileSync(file, "utf8"))
  : { dev: `node-${randomBytes(6).toString("hex")}`, inc: 1, seq: 0, cart: "", pending: [] };
const streams = new Map();
let you = { dev: "", shopper: "" };
let ahead = 0; // How many milliseconds the hub's clock is ahead of ours.
let [online, sending] = [false, false];

function keep() {
  writeFileSync(`${file}.new`, JSON.stringify(memory), { flush: true });
  renameSync(`${file}.new`, file);
}

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

function show() {
  const cart = streams.get(`cart:${memory.cart}`);
  const lines = Object.values(cart?.state.lines ?? {}).sort((one, other) => one.n - other.n);
  const pending = memory.pending.map(({ operation }) => operation.body);
  say({ online, v: cart?.v ?? 0, lines, totals: cart?.state.totals ?? null, pending });
}

function stop({ code, message, params }) {
  say({ stopped: code, message, params });
  process.exit(1);
}

function uuid7() {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function applied(state, changes) {
  const result = { ...state };
  for (const [key, value] of Object.entries(changes)) {
    const rows = KEYED.has(key) ? Object.entries({ ...state[key], ...value }) : null;
    result[key] = rows ? Object.fromEntries(rows.filter(([, row]) => row !== null)) : value;
  }
  return result;
}

function drop(isSettled) {
  memory.pending = memory.pending.filter((one) => !isSettled(one));
  keep();
}

function receive(event) {
  const known = streams.get(event.s);
  if (!known || (event.e === known.e && event.v <= known.v)) return null;
  if (event.e !== known.e || event.p !== known.v) return pull(event.s).catch(lost);
  streams.set(event.s, { e: event.e, v: event.v, state: applied(known.state, event.changes) });
  drop(({ seq }) => event.by.some((author) => author.dev === you.dev && author.seq === seq));
  return show();
}

async function ask(event, payload) {
  const answer = await socket.timeout(ANSWER_TIMEOUT_MS).emitWithAck(event, payload);
  if (answer.error) throw new Error(answer.error.code);
  return answer;
}

const position = (s) => ({ s, e: streams.get(s)?.e ?? 0, v: streams.get(s)?.v ?? 0 });

// What was answered before we asked is contained in what we are told now.
async function catchUp(askHub) {
  const contained = new Set(memory.pending.filter((one) => one.answered).map((one) => one.seq));
  for (const { s, e, v, state, events, error } of await askHub()) {
    if (error) throw new Error(error.code);
    if (state) streams.set(s, { e, v, state });
    else events.forEach(receive);
  }
  drop((one) => contained.has(one.seq));
}

const pull = (s) => catchUp(async () => [await ask("pull", position(s))]).then(show);
const subscribe = (s) => catchUp(async () => (await ask("sub", [position(s)])).streams);

function settle({ seq, status, error }) {
  const one = memory.pending.find((candidate) => candidate.seq === seq);
  if (status === "gap") throw new Error("gap");
  if (status === "ok" && one) one.answered = true;
  if (status === "ok") return;
  drop((candidate) => candidate.seq === seq);
  say({ refused: error?.code ?? status, body: one?.operation.body });
}

async function send() {
  if (sending || !online) return;
  sending = true;
  try {
    for (;;) {
      const batch = memory.pending.filter((one) => !one.answered).slice(0, BATCH_MAX);
      if (!batch.length) return;
      const ops = batch.map((one) => one.operation);
      (await ask("ops", { seq0: batch[0].seq, ops })).results.forEach(settle);
      keep();
      show();
    }
  } finally {
    sending = false;
  }
}

// The hub and we do not agree about our numbers: one of us was set back. We begin a new series.
function renumber() {
  memory.inc += 1;
  memory.pending = memory.pending.map(({ operation }, n) => ({ seq: n + 1, operation }));
  memory.seq = memory.pending.length;
  keep();
  socket.disconnect().connect();
}

async function greeted(hello) {
  you = hello.you;
  ahead = hello.now - Date.now();
  const open = memory.pending.find((one) => !one.answered);
  if (hello.last_seq > memory.seq || (open && hello.last_seq < open.seq - 1)) return renumber();
  await subscribe(`shopper:${you.shopper}`);
  memory.cart = streams.get(`shopper:${you.shopper}`).state.cart;
  for (const { operation } of memory.pending) operation.cart ||= memory.cart;
  keep();
  online = true;
  await send();
  await subscribe(`cart:${memory.cart}`);
  show();
}

function lost(error) {
  say({ trouble: error.message });
  if (error.message === "gap") renumber();
  else if (socket.connected) connectLater();
}

function connectLater() {
  socket.disconnect();
  setTimeout(() => socket.connect(), within_ms ? Math.random() * within_ms : RETRY_MIN_MS + Math.random() * (RETRY_MAX_MS - RETRY_MIN_MS));
}

const signedIn = await fetch(`${hub}/sign-in`, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ login: process.env.OMNITILL_LOGIN, password: process.env.OMNITILL_PASSWORD }),
});
if (!signedIn.ok) stop((await signedIn.json()).error);
const socket = io(hub, {
  transports: ["websocket"],
  extraHeaders: { Cookie: signedIn.headers.getSetCookie().map((cookie) => cookie.split(";")[0]).join("; ") },
  reconnectionDelay: RETRY_MIN_MS,
  reconnectionDelayMax: RETRY_MAX_MS,
  auth: (give) => give({ proto: [1, 1], t0: Date.now(), app: "phone", version: "1", dev: memory.dev, inc: memory.inc }),
});
socket.on("hello", (hello) => greeted(hello).catch(lost));
socket.on("ev", receive);
socket.on("heads", (heads) => {
  const behind = Object.keys(heads).filter((s) => streams.has(s) && heads[s] > streams.get(s).v);
  Promise.all(behind.map(pull)).catch(lost);
});
let within_ms = 0; // how widely the hub wants its clients to spread when a worker of it ends
socket.on("kick", (reason) => HOPELESS.has(reason.code) ? stop(reason) : (within_ms = reason.params.within_ms));
socket.on("disconnect", (reason) => {
  online = false;
  show();
  if (reason === "io server disconnect") connectLater();
});
socket.on("connect_error", (error) => {
  if (HOPELESS.has(error.data?.code)) stop(error.data);
  if (!socket.active) connectLater();
});

for await (const line of createInterface({ input: process.stdin })) {
  const { add, quantity = 1000 } = JSON.parse(line);
  const body = { line: uuid7(), item: add, quantity, fulfilment: "collect", weighed: false };
  const operation = { id: uuid7(), kind: "cart.add", ver: 1, at: Date.now() + ahead, cart: memory.cart, body };
  memory.pending.push({ seq: (memory.seq += 1), operation });
  keep();
  show();
  send().catch(lost);
}
process.exit(0);
