// In a frame on somebody else's page: tells that page how high this one is, and opens links outside of the frame.

const TYPE = "massage-coverage-guide:height";
const content = document.querySelector(".embed");

// The page around is told alone, where the browser says which one it is. Where it doesn't, anybody may hear it:
// only a number leaves.
function listener() {
  const around = location.ancestorOrigins?.[0] ?? (document.referrer && new URL(document.referrer).origin);
  return !around || around === "null" || around === location.origin ? "*" : around;
}

function tell() {
  const height = Math.ceil(content.getBoundingClientRect().bottom + scrollY);
  parent.postMessage({ type: TYPE, height }, listener());
}

if (parent !== window) {
  new ResizeObserver(tell).observe(content);
  // Its script may come later than this one.
  addEventListener("message", ({ source, data }) => {
    if (source === parent && data?.type === `${TYPE}?`) tell();
  });
}

// The page has <base target="_blank">; what leads to a place in it stays.
addEventListener("click", ({ target }) => {
  const link = target.closest?.("a[href^='#']");
  if (link) link.target = "_self";
}, true);
