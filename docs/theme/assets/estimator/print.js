// Print the packet alone: while the class stands on <html>, the styles leave the rest of the page out.

export function printPacket() {
  const page = document.documentElement;
  page.classList.add("prints-packet");
  addEventListener("afterprint", () => page.classList.remove("prints-packet"), { once: true });
  print();
}
