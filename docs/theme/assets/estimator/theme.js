// The theme's script (search, contents, the header's title) takes a phone a good part of the time that Python takes to
// start. It comes once the first estimate stands, or never will; who reaches for the header doesn't wait.

const address = document.querySelector("template[data-theme]")?.dataset.theme; // in a frame there is no theme
let isLoading = false;

export function loadTheme() {
  if (isLoading || !address) return;
  isLoading = true;
  const script = document.createElement("script");
  script.src = address;
  // What the theme waits for has long been.
  script.onload = () => document.dispatchEvent(new Event("DOMContentLoaded"));
  document.head.append(script);
}

for (const type of ["pointerdown", "focusin"])
  document.querySelector(".md-header")?.addEventListener(type, loadTheme, { once: true });
