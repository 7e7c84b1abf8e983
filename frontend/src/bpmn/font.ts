// Diagrams are drawn with the page's own font, so that text is measured with what is shown.

const FAMILY = '"IBM Plex Sans", Arial, sans-serif';

export const FONT = {
  textRenderer: { defaultStyle: { fontFamily: FAMILY }, externalStyle: { fontFamily: FAMILY } },
};

export async function loadFont(): Promise<void> {
  await document.fonts?.load('12px "IBM Plex Sans"');
}
