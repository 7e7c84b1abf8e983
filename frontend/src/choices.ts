// Selects that send their form when something is chosen, also when that was before this script was there.

const CHOICE = "select[data-kf-submit-on-change]";

/** Sends the form of each select in which something was or is chosen. */
export function startChoices(root: Document): void {
  root.addEventListener("change", (event) => {
    const control = event.target as HTMLElement;
    if (control.matches(CHOICE)) (control as HTMLSelectElement).form?.requestSubmit();
  });
  const early = [...root.querySelectorAll<HTMLSelectElement>(CHOICE)].find(isChanged);
  early?.form?.requestSubmit();
}

function isChanged(select: HTMLSelectElement): boolean {
  const shown = [...select.options].findIndex((option) => option.defaultSelected);
  return select.selectedIndex !== Math.max(shown, 0);
}
