// Fetches what Python needs as soon as the page is shown, and not before: beside these, the page's own files would wait
// for the line. Python starts once the page's own scripts have run.

import { isMetered, prepare } from "./runtime.js";

function shown() {
  return new Promise((done) => {
    const look = () => document.readyState !== "loading" && requestAnimationFrame(() => setTimeout(done));
    document.addEventListener("readystatechange", look, { once: true });
    look();
  });
}

if (!isMetered) shown().then(() => prepare(document.getElementById("early").dataset));
