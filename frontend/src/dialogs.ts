// Dialogs without inline script: [data-kf-opens="id"] opens <dialog id>, [data-kf-closes] closes the one around it.

export function startDialogs(root: Document): void {
  root.addEventListener("click", (event) => {
    const control = (event.target as Element).closest<HTMLElement>("[data-kf-opens],[data-kf-closes]");
    if (!control) return;
    if (control.dataset.kfOpens) openDialog(root, control.dataset.kfOpens);
    else control.closest("dialog")?.close();
  });
}

export function openDialog(root: Document, id: string): void {
  const dialog = root.getElementById(id);
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
}
