// The picture of the first page: a basket of goods, and a phone that shows the same basket.
import { html } from "kit/ui.js";

const row = (y, ink, width) => html`<g key=${y}><rect class="s-soft" x="566" y=${y} width="148" height="40" rx="8" />
  <rect class=${ink} x="574" y=${y + 8} width="24" height="24" rx="6" /><rect class="s-line" x="608" y=${y + 12} width=${width} height="7" rx="3.5" />
  <rect class="s-line faint" x="608" y=${y + 24} width=${width - 22} height="6" rx="3" /></g>`;

export function Scene() {
  return html`<svg class="scene" viewBox="0 0 800 520" aria-hidden="true">
    <ellipse class="s-ground" cx="400" cy="478" rx="370" ry="30" />
    <circle class="s-sun" cx="330" cy="250" r="210" />
    <g>
      <path class="s-bread" d="M196 286 L262 88 q14 -34 44 -22 q28 12 18 44 L262 296z" />
      <path class="s-cut" d="M262 128 l34 16 M250 166 l34 16 M238 204 l34 16" />
      <rect class="s-milk" x="300" y="136" width="92" height="170" rx="8" /><path class="s-milk shade" d="M300 144 l20 -46 h52 l20 46z" />
      <rect class="s-milk top" x="320" y="84" width="52" height="18" rx="5" /><rect class="s-blue" x="300" y="196" width="92" height="56" />
      <circle class="s-milk" cx="346" cy="224" r="17" />
      <path class="s-green" d="M428 292 V178 q0 -16 10 -28 q8 -10 8 -26 v-24 h36 v24 q0 16 8 26 q10 12 10 28 v114z" />
      <rect class="s-cap" x="442" y="84" width="44" height="22" rx="5" /><rect class="s-label" x="428" y="206" width="72" height="58" />
      <path class="s-leaf" d="M200 214 q-44 -44 -22 -86 q34 18 36 62z M188 226 q-60 -18 -62 -66 q42 -4 68 40z" />
      <circle class="s-apple" cx="170" cy="266" r="46" /><path class="s-stem" d="M170 224 q2 -20 16 -28" />
      <circle class="s-orange" cx="408" cy="276" r="40" /><circle class="s-shine" cx="396" cy="262" r="9" />
    </g>
    <path class="s-handle" d="M134 300 C150 150 480 150 526 300" />
    <path class="s-basket" d="M98 292 h464 q14 0 11 14 l-30 150 q-4 22 -26 22 H143 q-22 0 -26 -22 L87 306 q-3 -14 11 -14z" />
    <path class="s-weave" d="M170 330 l14 112 M250 330 l6 112 M330 330 v112 M410 330 l-6 112 M490 330 l-14 112" />
    <g><rect class="s-phone" x="544" y="120" width="192" height="356" rx="28" /><rect class="s-screen" x="556" y="132" width="168" height="332" rx="18" />
      <rect class="s-line" x="566" y="154" width="76" height="10" rx="5" />
      ${row(180, "s-apple", 84)}${row(228, "s-blue", 92)}${row(276, "s-bread", 74)}${row(324, "s-green", 88)}
      <rect class="s-blue" x="566" y="408" width="148" height="40" rx="10" /><path class="s-tick" d="M624 428 l11 11 l21 -22" /></g>
  </svg>`;
}
