// Three short tones made on the spot; no files. Volume is kept per device.
import { signal } from "@preact/signals";

const KEY = "kit.volume";
const TONES = {
  accepted: [{ hz: 1320, ms: 70 }],
  unknown: [{ hz: 320, ms: 140 }, { hz: 240, ms: 180 }],
  needs_you: [{ hz: 660, ms: 110 }, { hz: 880, ms: 110 }, { hz: 660, ms: 160 }],
};
const EDGE_S = 0.008;
let context;

function remembered() {
  const kept = Number.parseFloat(localStorage.getItem(KEY) ?? "");
  return Number.isFinite(kept) ? Math.min(1, Math.max(0, kept)) : 0.4;
}

/** 0 is silent, 1 is full. */
export const volume = signal(remembered());

export function setVolume(value) {
  volume.value = Math.min(1, Math.max(0, value));
  localStorage.setItem(KEY, String(volume.value));
}

/** Play "accepted", "unknown" or "needs_you". Silent before the first touch of the page: browsers insist on it. */
export function play(name) {
  if (!volume.value || !navigator.userActivation?.hasBeenActive) return;
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume();
  let at = context.currentTime;
  for (const { hz, ms } of TONES[name] ?? []) {
    tone(hz, at, ms / 1000);
    at += ms / 1000;
  }
}

function tone(hz, at, seconds) {
  const source = new OscillatorNode(context, { type: "sine", frequency: hz });
  const gain = new GainNode(context, { gain: 0 });
  // Ramps at both ends: a tone that starts at full height clicks.
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(volume.value * 0.3, at + EDGE_S);
  gain.gain.setValueAtTime(volume.value * 0.3, at + seconds - EDGE_S);
  gain.gain.linearRampToValueAtTime(0, at + seconds);
  source.connect(gain).connect(context.destination);
  source.start(at);
  source.stop(at + seconds);
}
