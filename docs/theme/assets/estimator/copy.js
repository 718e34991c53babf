// Copies the text of an element with one press, and says so.

for (const button of document.querySelectorAll("button[data-copy]")) {
  const text = document.getElementById(button.dataset.copy);
  const said = button.parentElement.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    said.textContent = ""; // a screen reader says the same words again only if they are new
    try {
      await navigator.clipboard.writeText(text.textContent);
      said.textContent = button.dataset.done;
    } catch {
      said.textContent = button.dataset.failed;
      getSelection().selectAllChildren(text);
    }
  });
}
