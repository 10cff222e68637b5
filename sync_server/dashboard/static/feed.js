// What the manager's page hears: the store's dashboard and the company at a glance, over one socket.
import { effect, signal } from "@preact/signals";
import { boot } from "kit/boot.js";
import { setZone } from "kit/format.js";
import { createReplica } from "kit/replica.js";
import { connect } from "kit/socket.js";

const KEPT_AS = "omnitill-dashboard";
const ENDED = new Set(["signed_out", "revoked", "upgrade"]);

function device() {
  const known = localStorage.getItem(KEPT_AS);
  if (known) return known;
  const made = crypto.randomUUID?.() ?? `d-${Date.now()}-${Math.floor(Math.random() * 1e9)}`;
  localStorage.setItem(KEPT_AS, made);
  return made;
}

export const link = connect({ app: "dashboard", auth: { dev: device(), inc: 1 } });
const follow = (stream) => createReplica({ stream, pull: (position) => link.emit("pull", position) });
const replicas = [follow(`dashboard:${boot.store}`), follow("company:all")];
export const [state, company] = replicas.map((replica) => replica.state);

effect(() => setZone(state.value?.store?.zone));

/** The hub's time, anew each second: what is old says how old. It stands still while the hub is away. */
export const now = signal(Date.now());

link.on("ev", (event) => replicas.find((one) => one.stream === event.s)?.receive(event));
link.on("heads", (heads) => replicas.forEach((one) => one.stream in heads && one.heads(heads[one.stream])));

// Only a sign-in that has ended is a reason to load the page again: it becomes the page to sign in.
link.on("kick", ({ code }) => ENDED.has(code) && location.reload());
effect(() => link.refused.value?.code === "unauthorised" && location.reload());

effect(() => {
  if (link.status.value !== "online" || !link.hello.value) return;
  const answered = ({ streams }) => streams.forEach((answer, i) => !answer.error && replicas[i].answered(answer));
  link.emit("sub", replicas.map((one) => one.position())).then(answered, () => {});
});

setInterval(() => link.status.value === "online" && (now.value = link.now()), 1000);
