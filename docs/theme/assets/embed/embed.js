// Fits the frames of the Massage Coverage Guide on this page to their content. It hears a height from the frame's own
// page and sets it, between 300 and 4000 pixels; it reads nothing, keeps nothing and sends nothing else.
(() => {
  const type = "massage-coverage-guide:height";
  const frames = () => [...document.querySelectorAll("iframe[src]")];
  addEventListener("message", ({ source, origin, data }) => {
    if (data?.type !== type || !Number.isFinite(data.height)) return;
    for (const frame of frames())
      if (frame.contentWindow === source && new URL(frame.src).origin === origin)
        frame.style.height = `${Math.min(4000, Math.max(300, data.height))}px`;
  });
  // Where this script comes late, the frame has spoken already: ask it again.
  for (const frame of frames())
    if (frame.src.includes("/embed/")) frame.contentWindow?.postMessage({ type: `${type}?` }, "*");
})();
