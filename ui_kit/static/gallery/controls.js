import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { N_, t } from "kit/i18n.js";
import { play, setVolume, volume } from "kit/sound.js";
import { Button, Choices, Dialog, Drawer, Field, Keypad, PinDots, Search, Select, Stepper, Switch, Tabs, toast } from "kit/ui.js";
import { Specimen } from "./specimen.js";

export function Actions() {
  const [tab, setTab] = useState("a");
  const [count, setCount] = useState(2000);
  const departments = [{ id: "a", label: t("Dairy") }, { id: "b", label: t("Fruit") }, { id: "c", label: t("Bakery"), count: 4 }];
  const bar = [{ id: "a", label: t("Shop"), icon: "store" }, { id: "b", label: t("Cart"), icon: "shopping-cart", count: 3 }, { id: "c", label: t("Card"), icon: "qr-code" }];
  return html`<${Specimen} title=${t("Buttons")}><div class="shelf">
      <${Button} kind="primary" icon="check">${t("Accept")}<//><${Button} icon="scan-barcode">${t("Scan")}<//><${Button} kind="quiet">${t("Later")}<//>
      <${Button} kind="danger" icon="trash-2">${t("Remove")}<//><${Button} kind="primary" busy>${t("Saving")}<//><${Button} disabled>${t("Not now")}<//>
      <${Button} icon="ellipsis" label=${t("More")} /><${Button} pressed=${true} icon="star">${t("Favourite")}<//><${Button} size="small" keys="F4">${t("Identify")}<//>
    </div><${Button} kind="primary" size="large" full keys="Enter">${t("Pay €9.41")}<//><//>
    <${Specimen} title=${t("Tabs")}><div class="columns">
      <${Tabs} label=${t("Departments")} items=${departments} value=${tab} onChange=${setTab} />
      <${Tabs} look="pills" label=${t("Departments")} items=${departments} value=${tab} onChange=${setTab} />
      <${Tabs} look="bar" label=${t("Pages")} items=${bar} value=${tab} onChange=${setTab} /></div><//>
    <${Specimen} title=${t("Quantity")}><div class="shelf">
      <${Stepper} value=${count} onChange=${setCount} /><${Stepper} value=${1000} onChange=${() => {}} onRemove=${() => {}} />
      <${Stepper} value=${345} step=${5} unit="kg" onChange=${() => {}} /><${Stepper} value=${1000} disabled onChange=${() => {}} /></div><//>`;
}

export function Fields() {
  const [text, setText] = useState("");
  const [pin, setPin] = useState(2);
  const [on, setOn] = useState(true);
  const [aisle, setAisle] = useState("b");
  const [chosen, setChosen] = useState(["a"]);
  const aisles = [{ id: "a", label: t("Dairy") }, { id: "b", label: t("Fruit") }, { id: "c", label: t("Bakery") }];
  const typed = (key) => setPin((n) => (key === "clear" ? 0 : Math.min(4, Math.max(0, n + (key === "back" ? -1 : 1)))));
  return html`<${Specimen} title=${t("Fields")}><div class="columns">
      <${Field} label=${t("E-mail")} hint=${t("The receipt goes here.")} type="email" icon="mail" autocomplete="off" />
      <${Field} label=${t("Phone")} value="+49 30 12" error=${t("This number is too short. Add the missing digits.")} icon="phone" />
      <${Search} value=${text} onInput=${setText} placeholder=${t("Search or code")} /><${Switch} label=${t("Sounds")} checked=${on} onChange=${setOn} />
      <${Select} label=${t("Department")} options=${aisles} value=${aisle} onChange=${setAisle} hint=${t("One of several.")} />
      <${Choices} label=${t("Departments")} options=${aisles} value=${chosen} onChange=${setChosen} hint=${t("Any of several.")} /></div><//>
    <${Specimen} title=${t("Keypad")}><div class="columns">
      <div class="panel narrow"><${PinDots} filled=${pin} /><${Keypad} layout="pin" label="PIN" onKey=${typed} /></div>
      <div class="panel narrow"><${Keypad} layout="amount" onKey=${() => {}} /></div></div><//>
    <${Specimen} title=${t("Sounds")}><div class="shelf">${[["accepted", N_("Accepted")], ["unknown", N_("Unknown")], ["needs_you", N_("Needs you")]].map(([id, label]) => html`
      <${Button} key=${id} icon="volume-2" onClick=${() => play(id)}>${t(label)}<//>`)}
      <${Button} kind="quiet" icon=${volume.value ? "volume-2" : "volume-x"} onClick=${() => setVolume(volume.value ? 0 : 0.4)}>${volume.value ? t("Mute") : t("Unmute")}<//></div><//>`;
}

export function Overlays() {
  const [open, setOpen] = useState("");
  const close = () => setOpen("");
  const undo = { label: t("Undo"), onClick: () => {} };
  return html`<${Specimen} title=${t("Dialogs, drawers, messages")}><div class="shelf">
      <${Button} onClick=${() => setOpen("dialog")}>${t("Open a dialog")}<//><${Button} onClick=${() => setOpen("drawer")}>${t("Open a drawer")}<//>
      <${Button} onClick=${() => setOpen("sheet")}>${t("Open a sheet")}<//>
      <${Button} kind="quiet" onClick=${() => toast({ kind: "good", text: t("The line is removed."), action: undo })}>${t("Good news")}<//>
      <${Button} kind="quiet" onClick=${() => toast({ kind: "trouble", text: t("The printer has no paper. The receipt is kept; put in a roll.") })}>${t("Trouble")}<//></div>
    <${Dialog} open=${open === "dialog"} title=${t("Empty the cart?")} onClose=${close} actions=${html`<${Button} onClick=${close}>${t("Keep it")}<//><${Button} kind="danger" onClick=${close}>${t("Empty the cart")}<//>`}>
      <p>${t("All 3 lines go. Scans are still heard while this is open.")}</p><//>
    <${Drawer} open=${open === "drawer"} title=${t("Details")} onClose=${close}><p>${t("A drawer holds what belongs to one thing.")}</p><//>
    <${Drawer} side="bottom" open=${open === "sheet"} title=${t("Details")} onClose=${close}><p>${t("A drawer holds what belongs to one thing.")}</p><//><//>`;
}
