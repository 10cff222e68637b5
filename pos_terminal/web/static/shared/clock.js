import { signal } from "@preact/signals";

const LOOK_MS = 1000;
const MINUTE_MS = 60_000;

/** The running minute, in ms since the epoch: it changes once a minute, and so does what shows it. */
export const minute = signal(Date.now());

setInterval(() => {
  const now = Date.now();
  if (Math.floor(now / MINUTE_MS) !== Math.floor(minute.value / MINUTE_MS)) minute.value = now;
}, LOOK_MS);
