import { describe, expect, it } from "vitest";
import { apply } from "./refresh";

const page = (count: number, rows: string[]): string =>
  `<nav id="views" data-kf-renew><a href="/a">Mine <span>${count}</span></a></nav>
   <div data-kf-news="list" data-one="1 ny – vis" data-many="{n} nye – vis"></div>
   <table id="list"><tbody>${rows
     .map((row) => `<tr id="t-${row}" data-kf-live><td>${count} min</td></tr>`)
     .join("")}</tbody></table>`;

const parsed = (html: string): Document => new DOMParser().parseFromString(html, "text/html");

describe("a refresh", () => {
  it("renews numbers in place and keeps the same nodes", () => {
    document.body.innerHTML = page(1, ["a", "b"]);
    const link = document.querySelector("a");
    link?.focus();
    apply(document, parsed(page(2, ["a", "b"])));
    expect(document.querySelector("span")?.textContent).toBe("2");
    expect(document.querySelector("#t-b td")?.textContent).toBe("2 min");
    expect(document.activeElement).toBe(link);
  });

  it("says how many rows are new instead of putting them in", () => {
    document.body.innerHTML = page(1, ["a"]);
    apply(document, parsed(page(1, ["b", "a", "c"])));
    expect([...document.querySelectorAll("tr")].map((row) => row.id)).toEqual(["t-a"]);
    expect(document.querySelector("[data-kf-news] button")?.textContent).toBe("2 nye – vis");
  });

  it("marks a row that is gone and leaves it where it stands", () => {
    document.body.innerHTML = page(1, ["a", "b"]);
    apply(document, parsed(page(1, ["b"])));
    expect(document.getElementById("t-a")?.className).toBe("kf-row--gone");
    expect(document.querySelector("[data-kf-news] button")).toBeNull();
  });
});
