// Starts Python from the page's head, while the page itself is still being read; estimator.js takes it from here.
// On a line where every megabyte counts, it waits until somebody asks for it.

import { startPython } from "./runtime.js";

const line = navigator.connection;
export const isMetered = Boolean(line?.saveData || line?.type === "cellular");

const { folder, worker } = document.getElementById("start").dataset;
let told = { loaded: 0, total: 0 };
let listener = () => {};
let early = isMetered ? null : begin();
early?.catch(() => {}); // told to whoever asks for it

function begin() {
  const onProgress = (progress) => listener((told = progress));
  return startPython({ runtime: folder, worker, onProgress });
}

/** Return Python, as it is starting already or anew; a start that failed is handed out once. */
export function start(onProgress) {
  listener = onProgress;
  listener(told);
  const python = early ?? begin();
  early = null;
  return python;
}
