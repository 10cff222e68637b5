// Everything that screens are built from, in one import: import { Button, Amount } from "kit/ui.js".
export { html, render } from "htm/preact";
export { Amount } from "./components/amount.js";
export { Button } from "./components/button.js";
export { Chart, useWidth } from "./components/chart.js";
export { Dialog, Drawer } from "./components/dialog.js";
export { Empty, Figure, Loading } from "./components/empty.js";
export { Field, Search, Switch } from "./components/field.js";
export { Icon } from "./components/icon.js";
export { Keypad, PinDots } from "./components/keypad.js";
export { Line, Lines } from "./components/line.js";
export { Paper } from "./components/paper.js";
export { Progress } from "./components/progress.js";
export { Badge, Status, Strip } from "./components/status.js";
export { Stepper } from "./components/stepper.js";
export { Stopwatch } from "./components/stopwatch.js";
export { Table } from "./components/table.js";
export { Tabs } from "./components/tabs.js";
export { dismiss, toast, Toasts } from "./components/toast.js";
