// The dashboard's stream: one socket, one replica.
import { effect, signal } from "@preact/signals";
import { boot } from "kit/boot.js";
import { setZone } from "kit/format.js";
import { createReplica } from "kit/replica.js";
import { connect } from "kit/socket.js";

const stream = `dashboard:${boot.store}`;
const KEPT_AS = "omnitill-dashboard";

function device() {
  const known = localStorage.getItem(KEPT_AS);
  if (known) return known;
  const made = crypto.randomUUID?.() ?? `d-${Date.now()}-${Math.floor(Math.random() * 1e9)}`;
  localStorage.setItem(KEPT_AS, made);
  return made;
}

export const link = connect({ app: "dashboard", auth: { dev: device(), inc: 1 } });
const replica = createReplica({ stream, pull: (position) => link.emit("pull", position) });
export const { state } = replica;

effect(() => setZone(state.value?.store?.zone));

/** The hub's time, anew each second: what is old says how old. */
export const now = signal(Date.now());

link.on("ev", (event) => event.s === stream && replica.receive(event));
link.on("heads", (heads) => stream in heads && replica.heads(heads[stream]));
link.on("kick", () => location.reload());

effect(() => {
  if (link.status.value !== "online" || !link.hello.value) return;
  link.emit("sub", [replica.position()]).then(({ streams: [answer] }) => !answer.error && replica.answered(answer), () => {});
});

setInterval(() => (now.value = link.now()), 1000);
