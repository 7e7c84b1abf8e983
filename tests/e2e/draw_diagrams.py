"""Draw every shipped diagram into ``docs/pictures``: ``python -m tests.e2e.draw_diagrams [process …]``.

The viewer is the one of the front end (`frontend/node_modules/bpmn-js`), so what a designer sees is what is drawn.
"""

import sys

from playwright.sync_api import Browser, sync_playwright

from tests.e2e.browser import ROOT, chromium_path, launch_options

PICTURES = ROOT / "docs" / "pictures"
VIEWER = ROOT / "frontend" / "node_modules" / "bpmn-js" / "dist"
DRAW = """async (source) => {
  const viewer = new BpmnJS({container: '#canvas'});
  await viewer.importXML(source);
  return (await viewer.saveSVG()).svg;
}"""
MARGIN = 10


def draw(browser: Browser, process: str) -> None:
    """Draw one diagram in its own size, on white, with the mark of bpmn.io left to the page that shows it."""
    page = browser.new_page(device_scale_factor=1)
    page.set_content('<div id="canvas" style="width:1600px;height:900px"></div>')
    for style in ("diagram-js.css", "bpmn-js.css"):
        page.add_style_tag(path=VIEWER / "assets" / style)
    page.add_script_tag(path=VIEWER / "bpmn-viewer.production.min.js")
    svg = page.evaluate(DRAW, (ROOT / "bpmn" / f"{process}.bpmn").read_text(encoding="utf-8"))
    page.set_content(f'<body style="margin:0;background:white">{svg[svg.index("<svg") :]}</body>')
    box = page.locator("svg").first.bounding_box()
    assert box is not None, "the drawing has a size"
    page.set_viewport_size({"width": int(box["width"]) + MARGIN, "height": int(box["height"]) + MARGIN})
    page.screenshot(path=PICTURES / f"{process}.png")
    page.close()


def main() -> None:
    processes = sys.argv[1:] or sorted(path.stem for path in (ROOT / "bpmn").glob("*.bpmn"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options(chromium_path()))
        for process in processes:
            draw(browser, process)
        browser.close()


if __name__ == "__main__":
    main()
