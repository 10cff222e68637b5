// How old scans were when this screen painted them: told to the hub now and then, for the manager's chart.

const EVERY_MS = 5000;
const SAMPLES_MAX = 50;
const AGE_MAX_MS = 600_000;

/** `sample(ms)` notes the age of a scan; `mention(samples)` is called with some at a time, at most every five seconds. */
export function createShown(mention) {
  let [samples, timer] = [[], 0];
  function tell() {
    timer = 0;
    mention(samples);
    samples = [];
  }
  return function sample(ms) {
    const age = Math.max(0, Math.round(ms));
    // A page that nobody looks at shows nothing, and an age beyond all reason is a clock that is wrong.
    if (document.hidden || age > AGE_MAX_MS || samples.length >= SAMPLES_MAX) return;
    samples.push(age);
    timer ||= setTimeout(tell, EVERY_MS);
  };
}
